plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
}

/** Where the library for this machine and the relay are: `cargo build -p doorstep-ffi -p doorstep-relay`. */
val hostLibrary = rootDir.resolve("../target/debug").canonicalFile

android {
    namespace = "app.doorstep.demo"
    compileSdk = libs.versions.compileSdk.get().toInt()

    defaultConfig {
        applicationId = "app.doorstep.demo"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "rules.pro")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    testOptions.unitTests {
        isIncludeAndroidResources = true
        all { test ->
            test.systemProperty("doorstep.library", hostLibrary.path)
            test.systemProperty("doorstep.relay", hostLibrary.resolve("doorstep").path)
            test.systemProperty("jna.library.path", hostLibrary.path)
            test.systemProperty("screens.folder", layout.buildDirectory.dir("screens").get().asFile.path)
        }
    }
}

kotlin {
    jvmToolchain(17)
    compilerOptions {
        allWarningsAsErrors.set(true)
    }
}

dependencies {
    implementation(project(":app-core"))
    implementation(libs.jna) { artifact { type = "aar" } }

    testImplementation(project(":sdk", configuration = "fixtures"))
    testImplementation(libs.jna)
    testImplementation(libs.junit4)
    testImplementation(libs.robolectric)
}
