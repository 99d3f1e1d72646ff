package app.doorstep.demo

import android.content.Intent
import android.content.pm.ApplicationInfo
import android.content.pm.PackageManager
import android.net.Uri
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** What the app asks of the phone, and what it lets others do. */
@RunWith(RobolectricTestRunner::class)
class ManifestTest {
    private val app = RuntimeEnvironment.getApplication()
    private val all = PackageManager.GET_PERMISSIONS or PackageManager.GET_ACTIVITIES or PackageManager.GET_SERVICES
    private val manifest =
        app.packageManager.getPackageInfo(app.packageName, PackageManager.PackageInfoFlags.of(all.toLong()))

    @Test
    fun itAsksForTheNetworkAndNothingElse() {
        val asked = checkNotNull(manifest.requestedPermissions).map { it.removePrefix("android.permission.") }
        assertEquals(setOf("INTERNET", "ACCESS_NETWORK_STATE", "RECEIVE_BOOT_COMPLETED"), asked.toSet())
    }

    @Test
    fun nothingGoesIntoABackup() {
        assertEquals(0, app.applicationInfo.flags and ApplicationInfo.FLAG_ALLOW_BACKUP)
        assertTrue(Surroundings.ofPhone(app).folder.startsWith(app.noBackupFilesDir))
    }

    @Test
    fun othersOpenTodayAndAnInvitationOnly() {
        val open = checkNotNull(manifest.activities).filter { it.exported }.map { it.name.substringAfterLast('.') }
        assertEquals(setOf("TodayActivity", "EnrolActivity"), open.toSet())
        assertFalse(checkNotNull(manifest.services).any { it.exported })
        val link = Intent(Intent.ACTION_VIEW, Uri.parse("doorstep:1:abc")).addCategory(Intent.CATEGORY_BROWSABLE)
        val found = app.packageManager.resolveActivity(link, PackageManager.ResolveInfoFlags.of(0))
        assertEquals(EnrolActivity::class.java.name, found?.activityInfo?.name)
    }
}
