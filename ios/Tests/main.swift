import Foundation

let surroundings = try Surroundings(arguments: CommandLine.arguments)
let tests: [(String, @MainActor () async throws -> Void)] = [
    ("changes merge", changesMerge),
    ("changes are not lost", changesAreNotLost),
    ("unread changes are bounded", unreadChangesAreBounded),
    ("changes at the end", changesAtTheEnd),
    ("readers stop", readersStop),
    ("secrets belong to folders", { try await secretsBelongToFolders(surroundings) }),
    ("lost secrets are gone", { try await lostSecretsAreGone(surroundings) }),
    ("locked secrets are asked again", { try await lockedSecretsAreAskedAgain(surroundings) }),
    ("key problems", { try await keyProblems(surroundings) }),
    ("typed errors", { try await typedErrors(surroundings) }),
    ("a bug", { try await aBug(surroundings) }),
    ("cancelling", { try await cancelling(surroundings) }),
    ("closing", { try await closing(surroundings) }),
    ("two phones", { try await twoPhones(surroundings) }),
    ("a household step by step", { try await householdStepByStep(surroundings) }),
    ("what is not for now", { try await notForNow(surroundings) }),
    ("one trouble told twice", { try await oneTroubleToldTwice(surroundings) }),
    ("search", { try await searching(surroundings) }),
    ("a council", { try await council(surroundings) }),
    ("a live list", { try await liveList(surroundings) }),
    ("live lists end", { try await liveListsEnd(surroundings) }),
]

var failed = 0
for (name, test) in tests {
    do {
        try await test()
        print("ok     \(name)")
    } catch {
        failed += 1
        print("FAILED \(name): \(error)")
    }
    // Shown at once, also where the output is a file.
    fflush(nil)
}
print("\(tests.count - failed) of \(tests.count) passed")
exit(failed == 0 ? 0 : 1)
