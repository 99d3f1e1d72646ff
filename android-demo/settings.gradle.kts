// The build for Android developers. `:app` is there only where an Android SDK is found, so that the
// engine's Kotlin layers can be built and tested without one. pom.xml builds the same sources.

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode.set(RepositoriesMode.FAIL_ON_PROJECT_REPOS)
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "android-demo"

include(":sdk")
include(":app-core")

val localProperties = file("local.properties")
val sdkInProperties = localProperties.isFile &&
    localProperties.readLines().any { line -> line.trim().startsWith("sdk.dir") }
val sdkInEnvironment = listOf("ANDROID_HOME", "ANDROID_SDK_ROOT").any { name ->
    System.getenv(name)?.let { folder -> File(folder).isDirectory } == true
}
if (sdkInProperties || sdkInEnvironment) {
    include(":app")
} else {
    logger.lifecycle("No Android SDK found (ANDROID_HOME, or sdk.dir in local.properties): :app is left out.")
}
