/// The tokens of ``Specimens`` whose documents are written or filled in a way of their own: E-83, E-130 to E-141 and
/// E-150 to E-165.
enum SpecimenDocuments {
    static let all = texts + fields

    private static let v0 = Specimens.directoryInVersion0
    private static let good = #"{"name":"Specimen"}"#
    private static let depth = 10_000
    private static let imageBytes = 800_000
    /// Three blanks in base 64.
    private static let blanks = "ICAg"

    /// How they are written.
    private static let texts: [Specimen] = [
        Specimen(13001, .json([0xEF, 0xBB, 0xBF] + Array(good.utf8))),
        Specimen(13101, .json(good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })),
        Specimen(
            13102,
            Resource(
                Array(#"{"name":"Sp"#.utf8) + [0xE9] + Array(#"cimen"}"#.utf8),
                contentType: "application/json; charset=iso-8859-1")),
        Specimen(13201, document: #"{"name":"Specimen","attributes":[],}"#),
        Specimen(13202, document: "{\"name\":\"Specimen\" // a comment\n}"),
        Specimen(13203, document: "{'name':'Specimen'}"),
        Specimen(13301, document: "{\"name\":\"Specimen\",\"description\":\"two\nlines\tand a tab\"}"),
        Specimen(13401, document: #"{"name":"Speci"men"}"#),
        Specimen(13501, document: #"{"name":"Other","name":"Specimen"}"#),
        Specimen(13601, document: nested), Specimen(13602, document: #"{"name":"Specimen","dna":1e999,"zero":-0}"#),
        Specimen(13603, document: #"{"name":"Specimen","dna":NaN}"#),
        Specimen(13701, document: #"{"name":"Specimen","note":"\ud83d"}"#),
        Specimen(13702, document: #"{"name":"Specimen","note":"\u0000"}"#),
        Specimen(13703, document: #"{"name":"Specimen","note":"\\u0000"}"#),
        Specimen(13801, document: #""{\"name\":\"Specimen\"}""#),
        Specimen(13901, document: #"{"data":{"name":"Specimen"}}"#),
        Specimen(13902, document: #"{"metadata":"{\"name\":\"Specimen\"}"}"#), Specimen(13903, document: "[\(good)]"),
        Specimen(14001, document: good + "<!-- 12 ms -->"), Specimen(14002, document: "callback(\(good))"),
        Specimen(14101, document: large),
    ]

    /// What they hold.
    private static let fields: [Specimen] = [
        Specimen(8301, document: #"{"name":"Specimen","image":"https://host.example/{id}.png"}"#),
        Specimen(15001, document: #"{"name":150}"#), Specimen(15002, document: #"{"name":null,"image":""}"#),
        Specimen(15101, document: ##"{"name":"Specimen #151"}"##),
        Specimen(15201, document: #"{"name":"Specimen","image":{"url":"https://host.example/1.png"}}"#),
        Specimen(15202, document: #"{"name":"Specimen","image":"<svg xmlns='http://www.w3.org/2000/svg'/>"}"#),
        Specimen(15301, document: #"{"name":"Specimen","image_url":"https://host.example/1.png"}"#),
        Specimen(15302, document: #"{"name":"Specimen","image":"https://host.example/1.mp4"}"#),
        Specimen(15401, document: #"{"name":"Specimen","attributes":{"Mouth":"Grin"}}"#),
        Specimen(
            15402, document: #"{"name":"Specimen","attributes":"[{\"trait_type\":\"Mouth\",\"value\":\"Grin\"}]"}"#),
        Specimen(15501, document: #"{"name":"Specimen","traits":[{"value":1.50},{"value":null},{"value":{"a":[1]}}]}"#),
        Specimen(
            15601,
            document:
                #"{"name":"Specimen","attributes":[{"display_type":"date","trait_type":"Born","value":1546360800}]}"#),
        Specimen(15701, document: #"{"name":"Specimen","external_link":"https://host.example/157"}"#),
        Specimen(15702, document: #"{"name":"Specimen","external_url":"host.example/157"}"#),
        Specimen(15801, document: #"{"name":"Specimen","description":"<script>alert(1)</script>"}"#),
        Specimen(15901, document: ##"{"name":"Specimen","background_color":"#ffffff"}"##),
        Specimen(16001, document: #"{"name":"Specimen","image":"https://ipfs.io/ipfs/\#(v0)/160 1.png"}"#),
        Specimen(16002, document: #"{"name":"Specimen","image":"images/160.png"}"#),
        Specimen(16101, document: artifact), Specimen(16102, document: metaplex),
        Specimen(16201, document: unrevealed), Specimen(16202, document: unrevealed),
        Specimen(16203, document: unrevealed),
        Specimen(16301, document: vector),
        Specimen(16401, document: #"{"name":"Claim 1 ETH at https://evil.example"}"#),
        Specimen(16501, document: #"{"image":"https://host.example/165.png"}"#),
        Specimen(16502, document: #"{"name":"Specimen","animation_url":"https://host.example/165.mp3"}"#),
    ]

    private static var nested: String {
        #"{"name":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }

    private static var large: String {
        let image = String(repeating: blanks, count: imageBytes / 3)
        return #"{"name":"Specimen","image":"data:image/png;base64,\#(image)"}"#
    }

    private static var vector: String {
        let image = Base64.encode(Array(HostileContent.vector.utf8))
        return #"{"name":"Specimen","image":"data:image/svg+xml;base64,\#(image)"}"#
    }

    private static let artifact = """
        {"name":"Specimen","decimals":"0","artifactUri":"ipfs://\(v0)/161.mp4","displayUri":"ipfs://\(v0)/161.png",
         "formats":[{"uri":"ipfs://\(v0)/161.mp4","mimeType":"video/mp4"}]}
        """
    private static let metaplex = """
        {"name":"Specimen","seller_fee_basis_points":500,"properties":{"category":"image",
         "files":[{"uri":"https://host.example/161.png","type":"image/png"}],"creators":[]}}
        """
    private static let unrevealed = #"{"name":"Unrevealed","image":"https://host.example/hidden.png"}"#
}
