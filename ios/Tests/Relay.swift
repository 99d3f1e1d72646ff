import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The relay that this run was started beside, and a folder for phones.
struct Surroundings {
    let binary: String
    let data: String
    let address: String
    let folder: URL

    init(arguments: [String]) throws {
        guard arguments.count == 5 else {
            throw Failure(description: "usage: check DOORSTEP RELAY_DATA RELAY_ADDRESS FOLDER")
        }
        binary = arguments[1]
        data = arguments[2]
        address = arguments[3]
        folder = URL(fileURLWithPath: arguments[4], isDirectory: true)
    }

    func invitation(_ member: String, at address: String? = nil) throws -> String {
        let line = try run(
            binary,
            ["invite", member, "--data", data, "--unattended", "--address", address ?? self.address]
        )
        return String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Takes what is sent to it and never answers: a phone that dials it waits until it gives up.
final class SilentSocket: Sendable {
    private let descriptor: Int32
    let address: String

    init() throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_DGRAM, 0)
        #endif
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else {
            throw Failure(description: "no socket")
        }
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    deinit {
        close(descriptor)
    }

    /// Returns when somebody has dialled.
    func dialled() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [descriptor] in
                var byte: UInt8 = 0
                _ = recv(descriptor, &byte, 1, 0)
                continuation.resume()
            }
        }
    }
}
