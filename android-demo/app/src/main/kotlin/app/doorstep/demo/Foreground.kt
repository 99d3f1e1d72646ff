package app.doorstep.demo

import android.app.Activity
import android.app.Application
import android.os.Bundle

/** Tells when the app comes to the front. */
internal class Foreground(private val came: () -> Unit) : Application.ActivityLifecycleCallbacks {
    private var seen = 0

    override fun onActivityStarted(activity: Activity) {
        seen += 1
        if (seen == 1) came()
    }

    override fun onActivityStopped(activity: Activity) {
        seen -= 1
    }

    override fun onActivityCreated(activity: Activity, saved: Bundle?) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
