import Testing
import Tokens

/// The one shape of token objects, whatever their documents look like.
enum TokenObjectShape {
    private static let members = [
        "chain", "contract", "token_id", "standard", "token_uri", "name", "description", "image", "animation_url",
        "external_url", "background_color", "attributes", "metadata", "source", "fetched_at", "stale",
    ]
    private static let animations = [
        "https://", "http://", "data:video/", "data:audio/", "data:model/", "data:text/html", "data:text/plain",
        "data:image/", "data:application/ogg",
    ]

    /// Members, their order and their types; URLs that a browser opens, and that run nothing where they are put.
    static func check(_ root: JSONValue, _ file: String) {
        #expect(root.members.map(\.name) == members, "\(file)")
        for name in ["chain", "contract", "token_id", "fetched_at"] {
            #expect(root[name]?.kind == .string, "\(file): \(name)")
        }
        for name in ["standard", "token_uri", "name", "description", "source"] { text(root[name], "\(file): \(name)") }
        text(root["image"], beginningWith: ["https://", "http://", "data:image/"], "\(file): image")
        text(root["animation_url"], beginningWith: animations, "\(file): animation_url")
        text(root["external_url"], beginningWith: ["https://", "http://"], "\(file): external_url")
        text(root["background_color"], "\(file): background_color")
        #expect(root["background_color"]?.string?.allSatisfy(\.isHexDigit) != false, "\(file)")
        #expect(root["metadata"]?.kind == .object || root["metadata"]?.kind == .array, "\(file)")
        #expect(root["stale"]?.kind == .boolean, "\(file)")
        #expect(root["attributes"]?.kind == .array, "\(file)")
        guard let attributes = root["attributes"]?.elements else { return }
        for attribute in attributes { check(attribute: attribute, file) }
    }

    private static func check(attribute: JSONValue, _ file: String) {
        #expect(attribute.members.map(\.name) == ["trait_type", "value", "display_type"], "\(file)")
        text(attribute["trait_type"], "\(file): trait_type")
        text(attribute["display_type"], "\(file): display_type")
        let kind = attribute["value"]?.kind
        #expect(kind == .string || kind == .number || kind == .boolean || kind == .null, "\(file): value")
        // A number that no machine type holds is legal JSON, and would be read as infinity.
        if kind == .number { #expect(Double(text(attribute["value"]?.text ?? []))?.isFinite == true, "\(file)") }
    }

    /// A string or null; a string begins with one of some texts.
    private static func text(_ value: JSONValue?, beginningWith beginnings: [String] = [""], _ what: String) {
        guard let value else {
            Issue.record("\(what) is missing")
            return
        }
        #expect(value.isNull || value.kind == .string, "\(what)")
        if let string = value.string, beginnings != [""] {
            #expect(beginnings.contains(where: string.hasPrefix), "\(what): \(string.prefix(80))")
        }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}
