import Testing

@testable import Tokens

private let cid = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
private let padded = "0000000000000000000000000000000000000000000000000000000000000001"

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
        // What is read as the token's own name and image is no trait of it besides.
        #expect(try written("attributes", in: #"{"properties":{"name":"N","image":"https://h.test/1"}}"#) == "[]")
        #expect(
            try written("attributes", in: #"{"name":"A #1","properties":{"name":"N"}}"#)
                == #"[{"trait_type":"name","value":"N","display_type":null}]"#)
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
        (#"{"external_url":"www.h.test/1"}"#, "https://www.h.test/1"),
        (#"{"external_url":"h.test:8443/a b"}"#, "https://h.test:8443/a%20b"),
        (#"{"external_url":"//h.test/1"}"#, "https://h.test/1"),
        (#"{"url":"https://h.test"}"#, "https://h.test"),
        (#"{"properties":{"external_url":"https://h.test"}}"#, "https://h.test"),
        (#"{"external_url":"/token/1"}"#, nil), (#"{"external_url":"token.html"}"#, nil),
        (#"{"external_url":"soon"}"#, nil), (#"{"external_url":"v1.0"}"#, nil), (#"{"external_url":"me@h.test"}"#, nil),
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
        #expect(try written("description", in: #"{"properties":{"description":"D"}}"#) == #""D""#)
    }

    @Test func `E-164 a name that lures is passed on as it is, and its link is no link of the token`() throws {
        let document = #"{"name":"Claim at https://evil.test","description":"[Claim](https://evil.test)"}"#
        #expect(try view(document)["name"]?.string == "Claim at https://evil.test")
        #expect(try view(document)["description"]?.string == "[Claim](https://evil.test)")
        #expect(try view(document)["external_url"]?.isNull == true)
    }

    @Test(arguments: [
        ("#ffffff", "ffffff"), ("FFFFFF", "FFFFFF"), ("#abc", "abc"), ("red", nil), ("", nil), ("#12345", nil),
    ])
    func `E-159 a colour has no number sign`(color: String, expected: String?) throws {
        #expect(try view("{\"background_color\":\"\(color)\"}")["background_color"]?.string == expected)
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
