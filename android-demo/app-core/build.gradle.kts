plugins {
    `java-library`
    alias(libs.plugins.kotlin.jvm)
}

/** Where the library for this machine and the relay are: `cargo build -p doorstep-ffi -p doorstep-relay`. */
val hostLibrary = rootDir.resolve("../target/debug").canonicalFile

kotlin {
    jvmToolchain(17)
    compilerOptions {
        allWarningsAsErrors.set(true)
    }
}

dependencies {
    api(project(":sdk"))

    testImplementation(project(":sdk", configuration = "fixtures"))
    testImplementation(libs.coroutines.test)
    testImplementation(libs.jna)
    testImplementation(libs.junit.jupiter)
    testRuntimeOnly(libs.junit.launcher)
}

tasks.test {
    useJUnitPlatform()
    systemProperty("doorstep.library", hostLibrary.path)
    systemProperty("doorstep.relay", hostLibrary.resolve("doorstep").path)
    systemProperty("jna.library.path", hostLibrary.path)
}
