package androidx.test.runner.lifecycle;

/** Is told of the application's life. Here nobody asks it. */
public interface ApplicationLifecycleMonitor {}
