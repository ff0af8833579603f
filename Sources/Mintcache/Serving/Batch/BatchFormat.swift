import Caching
import HTTPCaching
import HTTPServing
import Tokens

/// How a batch is written.
enum BatchFormat: Sendable {
    /// One object with a list in the order asked for.
    case json
    /// A line for each token, as each is ready.
    case lines

    init(accepting request: borrowing RequestHead) {
        var wantsLines = false
        request.forEachValue(of: .accept) { value in
            let ranges = String(decoding: value, as: UTF8.self).lowercased().split(separator: ",")
            wantsLines = wantsLines || ranges.contains { Self.namesLines($0) }
        }
        self = wantsLines ? .lines : .json
    }

    /// Whether a media range is `application/x-ndjson` and not refused by a weight of zero (RFC 9110, section 12.4.2).
    private static func namesLines(_ range: Substring) -> Bool {
        let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard parts.first == "application/x-ndjson" else { return false }
        return !parts.dropFirst().contains {
            $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" }
        }
    }

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .lines: "application/x-ndjson"
        }
    }

    var beginning: [UInt8] { self == .json ? Array("{\"tokens\":[".utf8) : [] }
    var end: [UInt8] { self == .json ? Array("]}".utf8) : [] }

    /// Appends an item about a token.
    func append(
        _ delivery: BatchDelivery, of reference: TokenReference, at index: Int, isFirst: Bool, now: Int64,
        to output: inout [UInt8]
    ) {
        begin(index, isFirst, &output)
        output.append(text: ",\"chain\":\"\(reference.chain)\",\"contract\":\"")
        reference.contract.appendChecksummed(on: reference.chain, to: &output)
        output.append(text: "\",\"token_id\":\"")
        reference.token.value.appendDecimal(to: &output)
        output.append(text: "\",\"status\":\(delivery.status),")
        if let handling = delivery.handling {
            output.append(text: "\"cache\":")
            output.append(jsonString: handling.cache.text)
            output.append(text: ",\"age\":\(Age.seconds(fetchedAt: handling.fetchedAt, now: now)),")
        }
        output.append(text: delivery.status == 200 ? "\"token\":" : "\"problem\":")
        appendDocument(delivery.body.bytes, &output)
        finish(&output)
    }

    /// Appends an item that names no token.
    func append(_ problem: Problem, at index: Int, isFirst: Bool, to output: inout [UInt8]) {
        begin(index, isFirst, &output)
        output.append(text: ",\"status\":\(problem.status),\"problem\":")
        output += problem.document
        finish(&output)
    }

    private func begin(_ index: Int, _ isFirst: Bool, _ output: inout [UInt8]) {
        if self == .json, !isFirst { output.append(UInt8(ascii: ",")) }
        output.append(text: "{\"index\":\(index)")
    }

    private func finish(_ output: inout [UInt8]) {
        output.append(UInt8(ascii: "}"))
        if self == .lines { output.append(UInt8(ascii: "\n")) }
    }

    /// In lines, line ends between the parts of a document become spaces. Inside its strings there are none: JSON has
    /// them escaped.
    private func appendDocument(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: bytes)
        guard self == .lines else { return }
        for index in start..<output.count where output[index] == 0x0A || output[index] == 0x0D { output[index] = 0x20 }
    }
}
