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

val generateBindings by tasks.registering(Exec::class) {
    description = "Generates the Kotlin bindings of the library for this machine."
    workingDir = rootDir.resolve("..")
    commandLine("cargo", "xtask", "bindings", "kotlin")
    inputs.dir(rootDir.resolve("../ffi/src"))
    inputs.file(rootDir.resolve("../ffi/uniffi.toml"))
    outputs.dir(layout.buildDirectory.dir("generated"))
}

kotlin.sourceSets.named("main") {
    kotlin.srcDir(generateBindings)
}

dependencies {
    api(libs.coroutines.core)
    // An Android app brings JNA as an AAR, a program on a desktop as a jar: what runs it decides.
    compileOnlyApi(libs.jna)

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

// For the tests of other modules: testImplementation(project(":sdk", configuration = "fixtures")).
val fixturesJar by tasks.registering(Jar::class) {
    archiveClassifier.set("tests")
    from(sourceSets.test.get().output)
    include("app/doorstep/sdk/testing/**", "META-INF/*.kotlin_module")
}

val fixtures by configurations.creating {
    isCanBeConsumed = true
    isCanBeResolved = false
}

artifacts {
    add(fixtures.name, fixturesJar)
}
