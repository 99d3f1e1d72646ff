package androidx.test.runner.intent;

import android.app.Instrumentation;
import android.content.Intent;

/** Answers an intent in place of the activity that it would start. */
public interface IntentStubber {
    Instrumentation.ActivityResult getActivityResultForIntent(Intent intent);
}
