import Doorstep
import Foundation

/// The phone of this name, as nobody's yet.
func phone(_ name: String, _ surroundings: Surroundings) async throws -> DoorstepClient {
    try await DoorstepClient.open(
        folder: surroundings.folder.appendingPathComponent(name),
        language: .english,
        deviceKey: FileDeviceKey(file: surroundings.folder.appendingPathComponent("\(name).pem").path)
    )
}

/// The phone of a member, enrolled; opened again where a test before closed it.
@MainActor
func phone(of member: String, _ surroundings: Surroundings) async throws -> DoorstepClient {
    let client = try await phone(member, surroundings)
    if try await client.today().member == nil {
        try await client.acceptInvitation(surroundings.invitation(member))
        try await within(60, "enrolling") { try await client.sync() }
    }
    return client
}

/// A household in a building of one's own.
@MainActor
func found(_ unit: String, on client: DoorstepClient) async throws -> String {
    let form = try await client.householdForm()
    let building = try unwrap(form.buildings.first, "a building of one's own")
    return try await client.foundHousehold(
        NewHousehold(act: form.act, place: building.place, unit: unit, consent: .yes)
    ).doc
}

/// A grievance in the first place where one may file it, from somebody who wished not to be named.
@MainActor
func file(_ what: String, on client: DoorstepClient) async throws -> String {
    let form = try await client.grievanceForm()
    return try await client.fileGrievance(
        NewGrievance(
            act: form.act,
            place: try unwrap(form.places.first, "a place").value,
            what: what,
            kind: try unwrap(form.kinds.first, "a kind").code,
            reporter: .anonymous
        )
    ).doc
}

/// A step whose form needs no choice.
@MainActor
func take(_ step: Step, _ kind: StepKind, in grievance: String, on client: DoorstepClient) async throws {
    let form = try await client.stepForm(grievance, kind)
    try await client.takeStep(NewStep(act: form.act, view: form.view, step: step))
}
