package app.doorstep.demo

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.os.Build
import app.doorstep.screens.SyncEnd
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Meets the relay while nobody looks at the app. */
class SyncJob : JobService() {
    private val scope = CoroutineScope(MainThread() + SupervisorJob())
    private val running = mutableMapOf<Int, Job>()

    override fun onStartJob(params: JobParameters): Boolean {
        running[params.jobId] = scope.launch {
            val end = (application as DoorstepApp).opened()?.syncer?.once()
            running.remove(params.jobId)
            jobFinished(params, end != null && end.comesAgain() && params.jobId == SyncSchedule.SOON)
        }
        return true
    }

    /** The system wants the network back: what had been exchanged by then stays. */
    override fun onStopJob(params: JobParameters): Boolean {
        running.remove(params.jobId)?.cancel()
        return params.jobId == SyncSchedule.SOON
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }
}

/** When the system wakes the app. Both jobs wait for a network, so that the radio is never woken for nothing. */
object SyncSchedule {
    /** The job that comes round. */
    const val PERIODIC = 1

    /** The job after something was saved. */
    const val SOON = 2

    private const val PERIOD_MS = 30L * 60 * 1_000

    /** Comes round every half hour, as the system sees fit, and after a restart of the phone. */
    fun periodic(context: Context) {
        if (jobs(context).getPendingJob(PERIODIC) != null) return
        jobs(context).schedule(job(context, PERIODIC).setPeriodic(PERIOD_MS).setPersisted(true).build())
    }

    /** As soon as there is a network; at once where there is one. */
    fun soon(context: Context) {
        if (jobs(context).getPendingJob(SOON) != null) return
        val job = job(context, SOON).setPersisted(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) job.setExpedited(true)
        jobs(context).schedule(job.build())
    }

    private fun job(context: Context, id: Int) = JobInfo.Builder(id, ComponentName(context, SyncJob::class.java))
        .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)

    private fun jobs(context: Context) = context.getSystemService(JobScheduler::class.java)
}

/** Whether another try soon makes sense; the rest waits for a person, or for the next round. */
private fun SyncEnd.comesAgain(): Boolean = when (this) {
    SyncEnd.PARTLY, SyncEnd.BUSY, SyncEnd.UNREACHABLE, SyncEnd.CANCELLED -> true
    SyncEnd.COMPLETE, SyncEnd.WAITING_FOR_CONFIRMATION, SyncEnd.NOT_ADMITTED, SyncEnd.OUTDATED,
    SyncEnd.STORAGE_FULL, SyncEnd.TROUBLE,
    -> false
}
