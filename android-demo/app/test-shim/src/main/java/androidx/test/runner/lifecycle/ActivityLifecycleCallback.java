package androidx.test.runner.lifecycle;

import android.app.Activity;

/** Is told when an activity reaches a stage. */
public interface ActivityLifecycleCallback {
    void onActivityLifecycleChanged(Activity activity, Stage stage);
}
