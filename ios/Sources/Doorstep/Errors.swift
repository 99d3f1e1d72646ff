import Foundation

/// What each error has.
extension DoorstepError {
    /// A stable word for the app: `look_again`, `unreachable`, …
    public var code: String {
        parts.code
    }

    /// For the person, in the language that was set. It holds no resident's words, name or telephone number.
    public var sentence: String {
        parts.sentence
    }

    /// Six digits to compare with the organiser, while an enrolment waits for that.
    public var digits: String? {
        guard case .NotAdmitted(_, _, let digits) = self else { return nil }
        return digits
    }

    private var parts: (code: String, sentence: String) {
        switch self {
        case .Rejected(let code, let sentence),
            .Unreachable(let code, let sentence),
            .NotAdmitted(let code, let sentence, _),
            .Outdated(let code, let sentence),
            .StorageFull(let code, let sentence),
            .Damaged(let code, let sentence):
            return (code, sentence)
        }
    }

    static func bug(_ language: Language) -> DoorstepError {
        let sentence: String
        switch language {
        case .chinese: sentence = "应用出错了。已保存的内容没有丢失。请报告这个问题。"
        case .english: sentence = "The app has a fault. Nothing that was saved is lost. Please report it."
        }
        return .Damaged(code: "bug", sentence: sentence)
    }
}

extension DoorstepError: LocalizedError {
    /// The ``sentence``, so that `localizedDescription` may be shown.
    public var errorDescription: String? {
        sentence
    }
}
