package androidx.test.runner.lifecycle;

/** Holds the monitor that Robolectric made. */
public final class ActivityLifecycleMonitorRegistry {
    private static volatile ActivityLifecycleMonitor registered;

    private ActivityLifecycleMonitorRegistry() {}

    public static void registerInstance(ActivityLifecycleMonitor monitor) {
        registered = monitor;
    }

    public static ActivityLifecycleMonitor getInstance() {
        ActivityLifecycleMonitor found = registered;
        if (found == null) {
            throw new IllegalStateException("no test runs in this sandbox");
        }
        return found;
    }
}
