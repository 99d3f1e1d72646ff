// swift-tools-version:5.9
import PackageDescription

// The engine itself. Apps link the framework that build-xcframework.sh makes; a release that is downloaded has its
// address and checksum here instead.
let release: (url: String, checksum: String)? = nil

// Command-line programs link the library that `cargo build -p doorstep-ffi` and generate.sh made for this machine.
#if os(Linux)
    let forThisMachine = true
#else
    let forThisMachine = Context.environment["DOORSTEP_FOR_THIS_MACHINE"] != nil
#endif

let engine: Target
var linking: [LinkerSetting] = []
if forThisMachine {
    let folder = "\(Context.packageDirectory)/../target/debug"
    engine = .systemLibrary(name: "DoorstepFFI", path: "build/DoorstepFFI")
    linking = [
        .linkedLibrary("doorstep_ffi"),
        .unsafeFlags(["-L", folder, "-Xlinker", "-rpath", "-Xlinker", folder]),
    ]
} else if let release {
    engine = .binaryTarget(name: "DoorstepFFI", url: release.url, checksum: release.checksum)
} else {
    engine = .binaryTarget(name: "DoorstepFFI", path: "build/DoorstepFFI.xcframework")
}

let package = Package(
    name: "Doorstep",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Doorstep", targets: ["Doorstep"])],
    targets: [
        engine,
        .target(name: "Doorstep", dependencies: ["DoorstepFFI"], linkerSettings: linking),
    ]
)
