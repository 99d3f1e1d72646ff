package app.doorstep.demo

import app.doorstep.sdk.SoftwareDeviceKey
import app.doorstep.sdk.testing.Built
import app.doorstep.sdk.testing.TestPhone
import java.nio.file.Path

/** The app on a key in a file, since no hardware keeps one here. All else is as on a phone. */
class TestApp : DoorstepApp() {
    override fun surroundings(): Surroundings {
        Built.library
        return Surroundings(
            folder = TestPhone.storeFolder(home).toFile(),
            deviceKey = { SoftwareDeviceKey.inFile(home.resolve("device-key.pem")) },
        )
    }

    companion object {
        /** The folder of the phone that runs next. */
        lateinit var home: Path
    }
}
