import Testing
import Tokens

@testable import Mintcache

@Suite("A URI with a place for the token's number", .timeLimit(.minutes(2))) struct IdentifierFormScenarios {
    private static let padded = "000000000000000000000000000000000000000000000000000000000004cce0"
    private static let token = TokenIdentifier(314_592)

    /// Asks for a template on the web host, which serves these paths and no others; tells what was asked for.
    private static func asked(
        _ template: String, of scene: DocumentScene, serving paths: String..., token: TokenIdentifier = token,
        otherwise status: Int = 404
    ) async throws -> (found: String?, targets: [String]) {
        scene.host.always { request in
            paths.contains(request.target) ? Reply(200, [], "{\"name\":\"\(request.target)\"}") : Reply(status)
        }
        let before = scene.host.requestCount
        let outcome = try await scene.ask(scene.url(template), token: token)
        let name = outcome.text.map { String($0.dropFirst(9).dropLast(2)) }
        return (name, scene.host.requests.dropFirst(before).map(\.target))
    }

    @Test func `E-80 is asked for with 64 hexadecimal digits`() async throws {
        try await DocumentScene.play { scene in
            let path = "/\(Self.padded).json"
            let (found, targets) = try await Self.asked("/{id}.json", of: scene, serving: path)
            #expect(found == path && targets == [path])
        }
    }

    @Test(
        "E-81 is asked for in the forms that hosts know instead, when there is nothing at the standard's",
        arguments: [("/314592", 2), ("/4cce0", 3), ("/0x4cce0", 4)])
    func forms(path: String, requests: Int) async throws {
        try await DocumentScene.play { scene in
            let (found, targets) = try await Self.asked("/{id}", of: scene, serving: path)
            #expect(found == path)
            #expect(targets == Array(["/\(Self.padded)", "/314592", "/4cce0", "/0x4cce0"].prefix(requests)))
        }
    }

    @Test func `E-81 is asked for in the form that worked for the collection before`() async throws {
        try await DocumentScene.play { scene in
            _ = try await Self.asked("/{id}", of: scene, serving: "/314592")
            let (found, targets) = try await Self.asked("/{id}", of: scene, serving: "/5", token: TokenIdentifier(5))
            #expect(found == "/5" && targets == ["/5"])
            // What is not there is looked for as the standard has it, and no further.
            let absent = try await Self.asked("/{id}", of: scene, serving: "/5", token: Self.token)
            #expect(absent.found == nil && absent.targets == ["/314592", "/\(Self.padded)"])
        }
    }

    @Test func `E-81 is not guessed at when the standard's form worked before`() async throws {
        try await DocumentScene.play { scene in
            _ = try await Self.asked("/{id}", of: scene, serving: "/\(Self.padded)")
            let absent = try await Self.asked("/{id}", of: scene, serving: "/16", token: TokenIdentifier(16))
            #expect(absent.found == nil && absent.targets.count == 1)
        }
    }

    @Test func `E-81 never leads to the document of another token`() async throws {
        try await DocumentScene.play { scene in
            // 16 is 10 in hexadecimal, and a host that knows decimals has a token 10.
            let (found, targets) = try await Self.asked("/{id}", of: scene, serving: "/10", token: TokenIdentifier(16))
            #expect(found == nil && !targets.contains("/10"))
        }
    }

    @Test(arguments: [400, 422]) func `E-81 may be a bad request in a form that the host does not know`(
        status: Int
    ) async throws {
        try await DocumentScene.play { scene in
            let (found, targets) = try await Self.asked("/{id}", of: scene, serving: "/314592", otherwise: status)
            #expect(found == "/314592" && targets.count == 2)
        }
    }

    @Test(arguments: [403, 500]) func `E-81 is not asked for in other forms when the host says no or fails`(
        status: Int
    ) async throws {
        try await DocumentScene.play { scene in
            let (found, targets) = try await Self.asked("/{id}", of: scene, serving: "/314592", otherwise: status)
            #expect(found == nil && targets.count == 1)
        }
    }

    @Test(
        "E-82 has the number in every place and spelling",
        arguments: [
            ("/{id}/{id}.json", "/4cce0/4cce0.json"), ("/x?id={id}", "/x?id=4cce0"), ("/%7Bid%7D", "/4cce0"),
            ("/{ID}", "/4cce0"), ("/0x{id}", "/0x4cce0"),
        ])
    func places(template: String, path: String) async throws {
        try await DocumentScene.play { scene in
            let found = try await Self.asked(template, of: scene, serving: path).found
            #expect(found == path)
        }
    }

    @Test func `E-81 is found under a directory of IPFS, too`() async throws {
        try await DocumentScene.play { scene in
            let root = "/ipfs/\(DocumentScene.directory)"
            scene.gateways[0].always { request in
                request.target == "\(root)/314592" ? Reply(200, [], #"{"name":"Found"}"#) : Reply(404)
            }
            let outcome = try await scene.ask("ipfs://\(DocumentScene.directory)/{id}", token: Self.token)
            #expect(outcome.text == #"{"name":"Found"}"# && outcome.document?.isImmutable == true)
            #expect(scene.gateways[0].requests.map(\.target) == ["\(root)/\(Self.padded)", "\(root)/314592"])
        }
    }

    @Test func `without a place for it is asked for once`() async throws {
        try await DocumentScene.play { scene in
            let (found, targets) = try await Self.asked("/\(Self.padded)", of: scene, serving: "/314592")
            #expect(found == nil && targets == ["/\(Self.padded)"])
        }
    }
}
