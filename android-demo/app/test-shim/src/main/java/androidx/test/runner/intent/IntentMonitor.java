package androidx.test.runner.intent;

/** Is told of intents. Here nobody asks it. */
public interface IntentMonitor {}
