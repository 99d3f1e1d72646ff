package app.doorstep.demo

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import app.doorstep.ffi.SyncState
import app.doorstep.sdk.testing.RelayProcess
import app.doorstep.sdk.testing.SampleRoster
import app.doorstep.sdk.testing.TestPhone
import app.doorstep.sdk.testing.bounded
import app.doorstep.sdk.testing.deleteFolder
import app.doorstep.sdk.testing.temporaryFolder
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers

/** What is saved without signal goes out by a job, though nobody opens the app again. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "en-rUS-w360dp-h760dp-port-xhdpi")
class SyncJobTest {
    private val folder = temporaryFolder("job")
    private val relay = RelayProcess.start()
    private val mine = folder.resolve("mine")
    private val pocket = Pocket(mine)

    @Before
    fun begin() = bounded { TestPhone.enrolled(mine, relay, SampleRoster.OWNER).close() }

    @After
    fun end() {
        pocket.close()
        relay.close()
        deleteFolder(folder)
    }

    @Test
    fun whatWasSavedInAStairwellGoesOutByItself() {
        pocket.signal(there = false)
        pocket.launch()
        pocket.tap("add-household")
        pocket.awaited("building")
        assertNull(pending(SyncSchedule.SOON))
        pocket.tap(SampleRoster.BUILDING_NAME)
        pocket.type("unit", "3-201")
        pocket.tap("save")
        pocket.until("a job waits for the network") { pending(SyncSchedule.SOON) != null }

        val soon = checkNotNull(pending(SyncSchedule.SOON))
        assertNotNull(soon.requiredNetwork)
        assertTrue(soon.isExpedited && soon.isPersisted)
        val periodic = checkNotNull(pending(SyncSchedule.PERIODIC))
        assertTrue(periodic.isPeriodic && periodic.isPersisted)
        assertNotNull(periodic.requiredNetwork)

        assertFalse(run(SyncSchedule.SOON).isRescheduleNeeded)
        bounded { assertEquals(SyncState.IN_STEP, checkNotNull(pocket.app.client).status().state) }
    }

    @Test
    fun whereNoRelayIsReachedItComesAgain() {
        relay.stop()
        pocket.signal(there = false)
        pocket.launch()
        pocket.awaited("add-household")
        assertTrue(run(SyncSchedule.SOON).isRescheduleNeeded)
        assertFalse(run(SyncSchedule.PERIODIC).isRescheduleNeeded)
    }

    private fun run(id: Int): org.robolectric.shadows.ShadowJobService {
        val job = Robolectric.buildService(SyncJob::class.java).create().get()
        val parameters = Shadow.newInstanceOf(JobParameters::class.java)
        ReflectionHelpers.setField(parameters, "jobId", id)
        assertTrue(job.onStartJob(parameters))
        pocket.until("the job ends") { shadowOf(job).isJobFinished }
        return shadowOf(job)
    }

    private fun pending(id: Int): JobInfo? = pocket.app.getSystemService(JobScheduler::class.java).getPendingJob(id)
}
