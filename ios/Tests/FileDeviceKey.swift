import Doorstep
import Foundation

/// A P-256 key in a file, made where the file is not there; `openssl` at the command line signs with it.
///
/// For tests and for trying things out: any machine can have it, without a package and without cryptography of our
/// own. It is slow, and protects nothing. An app uses `SecureEnclaveDeviceKey`.
final class FileDeviceKey: DeviceKey {
    private let file: String
    private let spki: Data

    init(file: String) throws {
        self.file = file
        if !FileManager.default.fileExists(atPath: file) {
            try run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file])
        }
        spki = try run("openssl", ["pkey", "-in", file, "-pubout", "-outform", "DER"])
    }

    func publicKey() throws -> Data {
        spki
    }

    func sign(message: Data) throws -> Data {
        try run("openssl", ["dgst", "-sha256", "-sign", file], input: message)
    }
}

/// A program did not do what it was run for.
struct ProgramFailed: Error {
    let program: String
    let status: Int32
}

/// Runs a program to its end and gives what it wrote.
@discardableResult
func run(_ program: String, _ arguments: [String], input: Data = Data()) throws -> Data {
    let process = Process()
    let stdin = Pipe()
    let stdout = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw ProgramFailed(program: program, status: process.terminationStatus)
    }
    return output
}
