import Tokens

/// A record on its way into the table.
struct ArchiveRow: Sendable {
    let record: TokenRecord
    /// Why PostgreSQL did not take the row as it was; then it goes without `metadata`.
    let refusal: PostgresFailure.ServerError?

    init(_ record: TokenRecord, refusal: PostgresFailure.ServerError? = nil) {
        self.record = record
        self.refusal = refusal
    }

    var hasMetadata: Bool { refusal == nil && record.outcome == .document }

    var status: String {
        switch record.outcome {
        case .document: "ok"
        case .missing: "missing"
        case .unusable: "unusable"
        }
    }

    var error: String? {
        switch record.outcome {
        case .document: refusal.map { "\($0.code) \($0.message)" }
        case .missing(let reason), .unusable(let reason): text(reason)
        }
    }

    /// A text as it goes into the table: the second time round without the one character that `text` cannot hold.
    func text(_ value: String) -> String {
        guard refusal != nil, value.utf8.contains(0) else { return value }
        return String(value.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) })
    }

    func text(_ value: String?) -> String? {
        value.map { text($0) }
    }

    /// What a row read back says happened; nil when somebody else wrote something unknown.
    static func outcome(status: String, error: String?) -> TokenRecord.Outcome? {
        switch status {
        case "ok": .document
        case "missing": .missing(reason: error ?? "")
        case "unusable": .unusable(reason: error ?? "")
        default: nil
        }
    }
}
