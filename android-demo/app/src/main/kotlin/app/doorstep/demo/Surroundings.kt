package app.doorstep.demo

import android.content.Context
import app.doorstep.ffi.DeviceKey
import app.doorstep.screens.PhoneClock
import java.io.File

/** What the app takes from the phone that it runs on. Tests bring their own, since no hardware key is there. */
class Surroundings(
    /** Where the engine's files are. */
    val folder: File,
    /** The key of this phone; asked once, before the engine opens. */
    val deviceKey: () -> DeviceKey,
    /** What time it is. */
    val clock: PhoneClock = PhoneClock.system(),
) {
    companion object {
        /** Those of a real phone. */
        fun ofPhone(context: Context): Surroundings {
            // Not in a backup and not on a card that is taken out: see data_extraction_rules.xml.
            val folder = File(context.noBackupFilesDir, "engine")
            return Surroundings(folder, deviceKey = { KeystoreDeviceKey(mayMake = !folder.exists()) })
        }
    }
}
