/// Who does the wrong thing for a token of ``Ember``: the contract, or the web site behind a good URI.
enum EmberBehaviour {
    case contract(TokenURIAnswer)
    case site(() -> Resource)

    /// Port 1 of the loopback address, where nothing listens.
    private static let unreachable = "http://127.0.0.1:1/latest"

    init(of ember: EmberCase, root: String) {
        self =
            switch ember {
            case .nonexistent: .contract(.nonexistent)
            case .revertWithReason: .contract(.refused(reason: "Ember: burnt out"))
            case .emptyURI: .contract(.uri(""))
            case .emptyReturnData: .contract(.raw([]))
            case .offsetBeyondReturnData: .contract(.raw(ABIEncoding.word(1 << 40) + ABIEncoding.word(5)))
            case .unknownScheme: .contract(.uri("gopher://ember.example/6"))
            case .privateAddress: .contract(.uri(Self.unreachable))
            case .privateAddressInDisguise: .contract(.uri("http://2130706433:1/latest"))
            case .redirectLoop: .site { .redirect(to: "\(root)/loop") }
            case .redirectToPrivateAddress: .site { .redirect(to: Self.unreachable) }
            case .redirectToGood: .site { .redirect(to: "\(root)/good") }
            case .notFound: .site { .status(404, "Not Found") }
            case .serverError: .site { .status(500, "Internal Server Error") }
            case .tooManyRequests: .site { Self.refusal }
            case .htmlPage: .site { Resource(EmberDocuments.page, contentType: "text/html; charset=utf-8") }
            case .htmlContentType: .site { Resource(EmberDocuments.good, contentType: "text/html; charset=utf-8") }
            case .imageInsteadOfJSON: .site { Resource(RasterImage.draw(seed: 17), contentType: "image/png") }
            case .emptyBody: .site { .json([]) }
            case .oversized: .site { .json(EmberDocuments.oversized) }
            case .notUTF8: .site { .json(EmberDocuments.latin1) }
            case .byteOrderMark: .site { .json([0xEF, 0xBB, 0xBF] + EmberDocuments.good) }
            case .tooDeep: Self.document(EmberDocuments.deep)
            case .errorObject: Self.document(#"{"error":{"code":"NOT_FOUND","message":"token not found"}}"#)
            case .invalidJSON: Self.document(#"{"name":"Ember 19","description":"breaks o"#)
            case .array: Self.document(#"[{"name":"Ember 20"}]"#)
            case .null: Self.document("null")
            case .stringOfJSON: Self.document(#""{\"name\":\"Ember 22\"}""#)
            case .trailingGarbage: Self.document(#"{"name":"Ember 23"}<!-- 12 ms -->"#)
            case .trailingComma: Self.document(#"{"name":"Ember 26","attributes":[],}"#)
            case .rawNewlineInString: Self.document("{\"name\":\"Ember 28\",\"description\":\"two\nlines\"}")
            case .escapedNUL: Self.document(#"{"name":"Ember \u0000 29"}"#)
            case .loneSurrogate: Self.document(#"{"name":"Ember \ud83d 30"}"#)
            case .hugeNumber: Self.document(#"{"name":"Ember 31","attributes":[{"value":1e999},{"value":1e-999}]}"#)
            case .duplicateKeys: Self.document(#"{"name":"Ember","name":"Ember 32","b":1,"a":2}"#)
            }
    }

    private static func document(_ text: @autoclosure @escaping () -> String) -> EmberBehaviour {
        .site { .json(Array(text().utf8)) }
    }

    private static var refusal: Resource {
        var refusal = Resource.status(429, "Too Many Requests")
        refusal.fields = [("Retry-After", "30")]
        return refusal
    }
}

/// Documents of ``Ember`` that take more than a line. Made for each request and let go with its answer.
enum EmberDocuments {
    private static let oversizedBytes = 12 << 20
    private static let depth = 10_000

    /// Without any fault.
    static let good = Array(#"{"name":"Ember","description":"Still warm.","attributes":[]}"#.utf8)

    static let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Ember</title></head><body></body></html>\n"

    static var latin1: [UInt8] {
        Array(#"{"name":"Ember br"#.utf8) + [0xFB] + Array(#"lant"}"#.utf8)
    }

    static var deep: String {
        #"{"name":"Ember 25","attributes":"# + String(repeating: "[", count: depth)
            + String(repeating: "]", count: depth) + "}"
    }

    static var oversized: [UInt8] {
        Array(#"{"name":"Ember 18","description":""#.utf8)
            + [UInt8](repeating: UInt8(ascii: "x"), count: oversizedBytes) + Array(#""}"#.utf8)
    }
}
