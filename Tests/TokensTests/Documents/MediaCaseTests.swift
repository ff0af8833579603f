import Testing

@testable import Tokens

private let cid = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"

@Suite struct `The media of documents in the wild` {
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
        "displayUri", "artifactUri", "thumbnailUri", "thumbnail_url", "media", "mediaUri", "asset_url", "big_image",
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

    @Test(arguments: [
        "ipfs://\(cid)/1.mp4", "https://h.test/1.GLB?a=b.png", "https://h.test/{id}.mp3#t=1",
        "data:video/mp4;base64,AAAA",
        "1.webm", "https://h.test/index.html",
    ])
    func `E-153 what no image shows is an animation, wherever it stands`(url: String) throws {
        let alone = try view("{\"image\":\"\(url)\"}")
        #expect(alone["image"]?.isNull == true)
        #expect(alone["animation_url"]?.string?.isEmpty == false)
        let beside = try view("{\"image\":\"\(url)\",\"thumbnail\":\"https://h.test/t.png\"}")
        #expect(beside["image"]?.string == "https://h.test/t.png")
        #expect(beside["animation_url"]?.string == alone["animation_url"]?.string)
        let own = try view("{\"image\":\"\(url)\",\"animation_url\":\"https://h.test/own.mp4\"}")
        #expect(own["animation_url"]?.string == "https://h.test/own.mp4")
    }

    @Test(arguments: ["animation_url", "animationUrl", "animation", "animation_uri"])
    func `E-153 an animation goes by many names`(name: String) throws {
        #expect(
            try view("{\"\(name)\":\"ipfs://\(cid)/1.mp4\"}")["animation_url"]?.string
                == "https://g.test/ipfs/\(cid)/1.mp4")
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
}
