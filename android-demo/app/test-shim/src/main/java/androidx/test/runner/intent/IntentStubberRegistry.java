package androidx.test.runner.intent;

/** Holds at most one stubber. Here nobody loads any. */
public final class IntentStubberRegistry {
    private static volatile IntentStubber loaded;

    private IntentStubberRegistry() {}

    public static void load(IntentStubber stubber) {
        loaded = stubber;
    }

    public static boolean isLoaded() {
        return loaded != null;
    }

    public static IntentStubber getInstance() {
        return loaded;
    }
}
