package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;

/** Where Robolectric leaves its instrumentation, and tests find it. */
public final class InstrumentationRegistry {
    private static volatile Instrumentation registered;
    private static volatile Bundle arguments = new Bundle();

    private InstrumentationRegistry() {}

    public static void registerInstance(Instrumentation instrumentation, Bundle given) {
        registered = instrumentation;
        arguments = given;
    }

    public static Instrumentation getInstrumentation() {
        Instrumentation found = registered;
        if (found == null) {
            throw new IllegalStateException("no test runs in this sandbox");
        }
        return found;
    }

    public static Bundle getArguments() {
        return new Bundle(arguments);
    }
}
