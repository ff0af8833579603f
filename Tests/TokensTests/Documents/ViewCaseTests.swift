import Testing

@testable import Tokens

private let cid = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
private let padded = "0000000000000000000000000000000000000000000000000000000000000001"

private func view(_ document: String, at uri: String? = "https://h.test/meta/1.json") throws -> JSONValue {
    let record = TokenRecord(
        reference: try .sample(), outcome: .document, tokenURI: uri, document: Array(document.utf8), fetchedAt: 0,
        freshUntil: 0)
    let links = MediaLinks { $0.url(ipfsGateway: "https://g.test", arweaveGateway: "https://a.test") }
    let object = try TokenView.tokenObject(for: record, stale: false, links: links)
    return try JSONDocument(validating: object.bytes).root
}

private func written(_ field: String, in document: String) throws -> String? {
    try view(document)[field].map { text($0.text) }
}

@Suite struct `The view of documents in the wild` {
    @Test(arguments: [
        ("{}", "null"), (#"{"name":7}"#, #""7""#), (#"{"name":null}"#, "null"), (#"{"name":""}"#, #""""#),
        (#"{"name":{"en":"A"}}"#, "null"), (#"{"name":true}"#, "null"), (#"{"title":"T"}"#, #""T""#),
    ])
    func `E-150 a name is a text, or null`(document: String, name: String) throws {
        #expect(try written("name", in: document) == name)
    }

    @Test func `E-151 a number sign in a name is a number sign`() throws {
        #expect(try written("name", in: ##"{"name":"Ape #1"}"##) == ##""Ape #1""##)
    }

    @Test(arguments: [
        ("{}", nil), (#"{"image":null}"#, nil), (#"{"image":""}"#, nil), (#"{"image":[]}"#, nil),
        (#"{"image":7}"#, nil),
        (#"{"image":{}}"#, nil), (#"{"image":["https://h.test/1","x"]}"#, "https://h.test/1"),
        (#"{"image":{"url":"https://h.test/2"}}"#, "https://h.test/2"),
        (#"{"image":"<svg/>"}"#, "data:image/svg+xml;base64,PHN2Zy8+"),
        (
            #"{"image":[{"uri":"ipfs://bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/1"}]}"#,
            "https://g.test/ipfs/\(cid)/1"
        ),
    ])
    func `E-152 an image is a URL, whatever holds it`(document: String, url: String?) throws {
        #expect(try view(document)["image"]?.string == url)
    }

    @Test(arguments: [
        "image_url", "imageUrl", "imageURL", "image_uri", "imageUri", "image_url_cdn", "image_canonical_uri",
        "image_data",
        "displayUri", "artifactUri", "thumbnailUri", "thumbnail_url", "media", "mediaUri", "asset_url",
    ])
    func `E-153 an image goes by many names`(name: String) throws {
        #expect(try view("{\"\(name)\":\"https://h.test/1\"}")["image"]?.string == "https://h.test/1")
    }

    @Test func `E-153 the schema of ERC-1155 holds an image in a description`() throws {
        let document =
            #"{"title":"Asset Metadata","type":"object","properties":{"name":{"type":"string","description":"N"},"#
            + #""description":{"type":"string","description":"D"},"image":{"type":"string","description":"https://h.test/1"}}}"#
        #expect(try view(document)["image"]?.string == "https://h.test/1")
        #expect(try view(document)["name"]?.string == "N" && view(document)["description"]?.string == "D")
        #expect(try written("attributes", in: document) == "[]")
    }

    @Test(arguments: ["animation_url", "animationUrl", "animation", "animation_uri"])
    func `E-153 an animation goes by many names`(name: String) throws {
        #expect(
            try view("{\"\(name)\":\"ipfs://\(cid)/1.mp4\"}")["animation_url"]?.string
                == "https://g.test/ipfs/\(cid)/1.mp4")
    }

    @Test(arguments: [
        (#"{"attributes":null}"#, "[]"), (#"{"attributes":[]}"#, "[]"), (#"{"attributes":"none"}"#, "[]"),
        (#"{"attributes":{"M":"G"}}"#, #"[{"trait_type":"M","value":"G","display_type":null}]"#),
        (
            #"{"attributes":"[{\"trait_type\":\"M\",\"value\":2}]"}"#,
            #"[{"trait_type":"M","value":2,"display_type":null}]"#
        ),
        (#"{"attributes":[{"Mouth":"Grin"}]}"#, #"[{"trait_type":"Mouth","value":"Grin","display_type":null}]"#),
        (
            #"{"attributes":{"M":{"value":"G","display_type":"x"}}}"#,
            #"[{"trait_type":"M","value":"G","display_type":"x"}]"#
        ),
    ])
    func `E-154 attributes are a list, whatever they were`(document: String, attributes: String) throws {
        #expect(try written("attributes", in: document) == attributes)
    }

    @Test(arguments: [
        ("1.50", "1.50"), ("-0", "-0"), ("12345678901234567890", "12345678901234567890"), ("true", "true"),
        ("null", "null"),
        (#""a\u00e9""#, #""a\u00e9""#), (#"{"a":[1]}"#, #""{\"a\":[1]}""#), ("[]", #""[]""#),
    ])
    func `E-155 a value is kept exactly, and one that is no value becomes its text`(
        value: String, expected: String
    ) throws {
        #expect(
            try written("attributes", in: #"{"attributes":[{"trait_type":"T","value":\#(value)}]}"#)
                == #"[{"trait_type":"T","value":\#(expected),"display_type":null}]"#)
    }

    @Test func `E-155 a trait without a type has none`() throws {
        #expect(
            try written("attributes", in: #"{"attributes":[{"value":"S"}]}"#)
                == #"[{"trait_type":null,"value":"S","display_type":null}]"#)
        #expect(
            try written("attributes", in: #"{"traits":[{"trait_type":7,"value":"S"}]}"#)
                == #"[{"trait_type":"7","value":"S","display_type":null}]"#)
    }

    @Test func `E-155 properties are attributes where there are no others`() throws {
        let properties =
            #"{"properties":{"a":1,"r":{"name":"N","value":"123","class":"c"},"l":{"value":[1,2]},"files":[],"creators":[],"category":"x"}}"#
        #expect(
            try written("attributes", in: properties)
                == #"[{"trait_type":"a","value":1,"display_type":null},{"trait_type":"r","value":"123","display_type":null},"#
                + #"{"trait_type":"l","value":"[1,2]","display_type":null}]"#)
        #expect(try written("attributes", in: #"{"properties":[]}"#) == "[]")
    }

    @Test func `E-156 how a value is shown is kept, and percentages and dates stay what they are`() throws {
        let document =
            #"{"attributes":[{"display_type":"date","trait_type":"B","value":1546360800},{"display_type":"boost_percentage","value":"10%","max_value":100}]}"#
        #expect(
            try written("attributes", in: document)
                == #"[{"trait_type":"B","value":1546360800,"display_type":"date"},"#
                + #"{"trait_type":null,"value":"10%","display_type":"boost_percentage"}]"#)
    }

    @Test(arguments: [
        (#"{"external_url":"https://h.test/a b"}"#, "https://h.test/a%20b"),
        (#"{"external_link":"https://h.test"}"#, "https://h.test"),
        (
            #"{"externalUri":"ipfs://bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"}"#,
            "https://g.test/ipfs/\(cid)"
        ),
        (#"{"external_url":"www.h.test/1"}"#, "www.h.test/1"),
        (#"{"external_url":"","external_link":"https://b.test"}"#, "https://b.test"),
        (#"{"external_url":"javascript:alert(1)"}"#, nil), (#"{"external_url":" java\nscript:alert(1)"}"#, nil),
        (#"{"external_url":"data:text/html,<script>"}"#, nil), (#"{"external_url":null}"#, nil),
        (#"{"external_url":7}"#, nil),
    ])
    func `E-157 a link is found under both names, and is no script`(document: String, link: String?) throws {
        #expect(try view(document)["external_url"]?.string == link)
    }

    @Test func `E-158 a description is data, whatever stands in it`() throws {
        let document = #"{"description":"<script>alert(1)</script> **bold** \u003cb\u003e"}"#
        #expect(try written("description", in: document) == #""<script>alert(1)</script> **bold** \u003cb\u003e""#)
        #expect(try written("description", in: #"{"description":null}"#) == "null")
        #expect(try written("description", in: #"{"bio":"B"}"#) == #""B""#)
    }

    @Test(arguments: [
        ("#ffffff", "ffffff"), ("FFFFFF", "FFFFFF"), ("#abc", "abc"), ("red", nil), ("", nil), ("#12345", nil),
    ])
    func `E-159 a colour has no number sign`(color: String, expected: String?) throws {
        #expect(try view("{\"background_color\":\"\(color)\"}")["background_color"]?.string == expected)
    }

    @Test(arguments: [
        (
            "https://ipfs.io/ipfs/bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/1.png",
            "https://g.test/ipfs/\(cid)/1.png"
        ),
        (
            "ipfs://ipfs/bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/1.png",
            "https://g.test/ipfs/\(cid)/1.png"
        ),
        ("images/1.png", "https://h.test/meta/images/1.png"), ("/1.png", "https://h.test/1.png"),
        ("https://h.test/my cat.png", "https://h.test/my%20cat.png"),
    ])
    func `E-160 an image is fetched through our gateways, and from beside its document`(
        image: String, url: String
    ) throws {
        let document = "{\"image\":\"\(image)\"}"
        #expect(try view(document)["image"]?.string == url)
        #expect(try written("metadata", in: document) == document)
    }

    @Test func `E-160 an image has no place beside an inline document`() throws {
        #expect(try view(#"{"image":"1.png"}"#, at: "data:application/json,{}")["image"]?.isNull == true)
        #expect(try view(#"{"image":"1.png"}"#, at: nil)["image"]?.isNull == true)
    }

    @Test func `E-161 of TZIP-21 the artifact is the image, unless it moves`() throws {
        let still =
            #"{"artifactUri":"https://h.test/a","formats":[{"uri":"https://h.test/a","mimeType":"image/png"}],"thumbnailUri":"https://h.test/t","decimals":"0"}"#
        #expect(try view(still)["image"]?.string == "https://h.test/a" && view(still)["animation_url"]?.isNull == true)
        let moving = still.replacing("image/png", with: "video/mp4")
        #expect(try view(moving)["image"]?.string == "https://h.test/t")
        #expect(try view(moving)["animation_url"]?.string == "https://h.test/a")
        let displayed =
            #"{"artifactUri":"https://h.test/a","displayUri":"https://h.test/d","attributes":[{"name":"M","value":"G","type":"x"}]}"#
        #expect(try view(displayed)["image"]?.string == "https://h.test/d")
        #expect(try written("attributes", in: displayed) == #"[{"trait_type":"M","value":"G","display_type":null}]"#)
    }

    @Test func `E-161 of Metaplex the files stand in for what is missing`() throws {
        let document =
            #"{"properties":{"category":"video","files":[{"uri":"https://h.test/v","type":"video/mp4"},{"uri":"https://h.test/i","type":"image/gif"}]}}"#
        #expect(try view(document)["image"]?.string == "https://h.test/i")
        #expect(try view(document)["animation_url"]?.string == "https://h.test/v")
    }

    @Test func `E-161 media are told by the type beside them`() throws {
        let moving = #"{"media":{"uri":"https://h.test/v","mimeType":"video/mp4"}}"#
        #expect(
            try view(moving)["image"]?.isNull == true && view(moving)["animation_url"]?.string == "https://h.test/v")
        let still = #"{"media":{"uri":"https://h.test/i","mimeType":"image/png"}}"#
        #expect(try view(still)["image"]?.string == "https://h.test/i" && view(still)["animation_url"]?.isNull == true)
    }

    @Test func `CryptoKitties are understood`() throws {
        let kitty =
            #"{"id":1,"name":"Genesis","image_url":"https://h.test/1.svg","image_url_cdn":"https://h.test/1.png","bio":"B","enhanced_cattributes":[{"type":"body","description":"ragamuffin","kittyId":1}]}"#
        #expect(try view(kitty)["image"]?.string == "https://h.test/1.svg" && view(kitty)["description"]?.string == "B")
        #expect(
            try written("attributes", in: kitty) == #"[{"trait_type":"body","value":"ragamuffin","display_type":null}]"#
        )
    }

    @Test(arguments: [
        #"{"data":{"name":"A","image":"https://h.test/1"}}"#, #"[{"name":"A","image":"https://h.test/1"}]"#,
        #"{"name":"Collection","symbol":"C","metadata":"{\"name\":\"A\",\"image\":\"https://h.test/1\"}"}"#,
        #"{"result":{"nft":{"name":"A","image":"https://h.test/1"}}}"#,
        #"{"data":[{"name":"A","image":"https://h.test/1"}]}"#,
    ])
    func `E-139 the view reads through wrappers, the document stays`(document: String) throws {
        #expect(try view(document)["name"]?.string == "A" && view(document)["image"]?.string == "https://h.test/1")
        #expect(try written("metadata", in: document) == document)
    }

    @Test func `E-139 a document with such a member is not taken apart`() throws {
        let document = #"{"name":"A","image":"https://h.test/1","metadata":{"name":"B"},"data":{"name":"C"}}"#
        #expect(try view(document)["name"]?.string == "A")
    }

    @Test func `E-83 the number fills every value of the view, and none of the document`() throws {
        let document =
            #"{"name":"No. {id}","description":"{id} {x}","image":"https://h.test/{id}.png","attributes":[{"trait_type":"{id}","value":"{id}"}]}"#
        #expect(try view(document)["name"]?.string == "No. \(padded)")
        #expect(try view(document)["description"]?.string == "\(padded) {x}")
        #expect(try view(document)["image"]?.string == "https://h.test/\(padded).png")
        #expect(try view(document)["attributes"]?.elements.first { _ in true }?["value"]?.string == padded)
        #expect(try written("metadata", in: document) == document)
    }

    @Test(arguments: [
        "javascript:alert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>", "data:text/plain,x",
        "java\\nscript:x",
        "data:application/json,{}", "data:text/html;base64,PHNjcmlwdD4=", "file:///etc/passwd", "blob:https://h.test/x",
        "data:application/xhtml+xml,<html/>", "data:,", "#",
    ])
    func `E-163 an image never runs`(image: String) throws {
        #expect(try view("{\"image\":\"\(image)\"}")["image"]?.isNull == true)
    }

    @Test func `E-163 a mislabelled image is shown as what it is`() throws {
        #expect(
            try view(#"{"image":"data:application/svg+xml,<svg/>"}"#)["image"]?.string
                == "data:image/svg+xml;base64,PHN2Zy8+")
        #expect(
            try view(#"{"image":"data:text/plain;base64,iVBORw0KGgo="}"#)["image"]?.string
                == "data:image/png;base64,iVBORw0KGgo=")
    }

    @Test func `E-163 a page is an animation, for frames without an origin`() throws {
        let page = "data:text/html;base64,PGI+"
        #expect(try view("{\"animation_url\":\"\(page)\"}")["animation_url"]?.string == page)
        #expect(try view(#"{"animation_url":"javascript:alert(1)"}"#)["animation_url"]?.isNull == true)
    }

    @Test func `E-165 sound and text have no image`() throws {
        let sound =
            #"{"name":"A","animation_url":"ipfs://bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey/1.mp3"}"#
        #expect(try view(sound)["image"]?.isNull == true)
        #expect(try view(sound)["animation_url"]?.string == "https://g.test/ipfs/\(cid)/1.mp3")
        #expect(try view(#"{"name":"A poem","description":"words"}"#)["image"]?.isNull == true)
    }

    @Test func `E-165 an image alone is a document`() throws {
        #expect(try view(#"{"image":"https://h.test/1"}"#)["image"]?.string == "https://h.test/1")
        #expect(try view(#"{"image":"https://h.test/1"}"#)["name"]?.isNull == true)
    }
}
