package androidx.test.runner.intent;

/** Holds the monitor that Robolectric made. */
public final class IntentMonitorRegistry {
    private static volatile IntentMonitor registered;

    private IntentMonitorRegistry() {}

    public static void registerInstance(IntentMonitor monitor) {
        registered = monitor;
    }

    public static IntentMonitor getInstance() {
        return registered;
    }
}
