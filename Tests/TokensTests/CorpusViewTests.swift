import Testing
import Tokens

/// What a reader finds in a document, by the names of the token object; a URL of inline content is given by its beginning.
private struct Reading: Sendable {
    var name: String?
    /// How it begins.
    var description: String?
    var image: String?
    var animation: String?
    var link: String?
    var color: String?
    var attributes = 0
}

/// Documents that were read by eye, one of every kind that the corpus has.
@Suite("What a reader finds in the corpus", .enabled(if: Corpus.isPresent))
struct CorpusViewTests {
    private static let ipfs = "https://ipfs.io/ipfs/"
    private static let ens = "https://metadata.ens.domains/mainnet/0x57f1887a8bf19b14fc0df6fd9b2acc9af147ea85/"

    @Test("is in the token object", arguments: web + content + schemas)
    fileprivate func values(number: String, expected: Reading) throws {
        let file = "docs/\(number).json"
        let entry = try #require(try Corpus.entries("metadata").first { $0.file == file })
        let root = try JSONDocument(
            validating: try Corpus.object(of: try Corpus.bytes(file), at: entry.uri).bytes
        ).root
        #expect(root["name"]?.string == expected.name)
        #expect(
            begins(root["description"]?.string, with: expected.description), "\(root["description"]?.string ?? "-")")
        let isInline = expected.image?.hasPrefix("data:") == true
        let image = root["image"]?.string
        #expect(isInline ? begins(image, with: expected.image) : image == expected.image)
        #expect(root["animation_url"]?.string == expected.animation)
        #expect(root["external_url"]?.string == expected.link)
        #expect(root["background_color"]?.string == expected.color)
        #expect(root["attributes"].map { Array($0.elements).count } == expected.attributes)
    }

    private func begins(_ text: String?, with beginning: String?) -> Bool {
        guard let text, let beginning else { return text == nil && beginning == nil }
        return text.hasPrefix(beginning)
    }

    /// Whose media are on the web, or inside.
    private static let web: [(String, Reading)] = [
        (
            "0001",
            Reading(
                name: "Runner #1", description: "Chain Runners are Mega City",
                image: "https://img.chainrunners.xyz/api/v1/tokens/png/1", attributes: 10)
        ),
        (
            "0002",
            Reading(
                name: "W#416", description: "This Punk was wrapped",
                link: "https://larvalabs.com/cryptopunks/details/416")
        ),
        (
            "0004",
            Reading(
                name: "Seahorse Valley #26", description: "In the 'shoulders' of the Mandelbrot",
                image: "data:image/bmp;base64,Qk02BAEAAAAAADYE", link: "https://brotchain.art/brot/70026", attributes: 3
            )
        ),
        (
            "0006",
            Reading(
                name: "nick.eth", description: "nick.eth, an ENS name.",
                image: "\(ens)0x5d5727cb0fb76e4944eafb88ec9a3cf0b3c9025a4b2f947729137c5d7f84f68f/image",
                link: "https://app.ens.domains/name/nick.eth", attributes: 4)
        ),
        (
            "0009",
            Reading(
                name: "Noun 23", description: "Noun 23 is a member of the Nouns DAO",
                image: "data:image/svg+xml;base64,PHN2ZyB3aWR0aD0iMzIwIiBoZWlnaHQ9IjMyMCIg")
        ),
        (
            "0011",
            Reading(
                name: "CryptoSerg #641",
                image:
                    "https://lh3.googleusercontent.com/JC1j5q4PoAukT0pYkgAg26zt3NnjzzA0cKQURa3vjoZGlvu4oqGqdPSJEbC6ZNFKemeIK"
                    + "83hMPkSyMGBXBEfCcPpvnu_MuUgCtkyBik")
        ),
        (
            "0017",
            Reading(
                name: "Meebit #1", description: "Meebit #1",
                image: "http://meebits.larvalabs.com/meebitimages/characterimage?index=1&type=full&imageType=jpg",
                attributes: 10)
        ),
        (
            "0020",
            Reading(
                name: "70 Block Fork", description: "234m² parcel near The Center",
                image: "https://map.cryptovoxels.com/tile/parcel?x=0.09&y=0.11",
                link: "https://www.cryptovoxels.com/parcels/1", color: "f3f3f3", attributes: 9)
        ),
        (
            "0028",
            Reading(
                name: "Blaschke Ballet #537", description: "Blaschke Ballet is a reflection on movement",
                image: "https://media.artblocks.io/167000537.png",
                animation: "https://generator.artblocks.io/167000537",
                link: "https://artblocks.io/token/167000537", attributes: 7)
        ),
        (
            "0032",
            Reading(
                name: "Solvency #420", description: "Solvency by Ezra Miller.",
                image: "https://solvency.s3.amazonaws.com/420-1619139823837.jpg",
                animation: "https://solvency.s3.amazonaws.com/420-1619139823837.mp4",
                link: "https://solvency.art/view/420", color: "FFFFFF", attributes: 4)
        ),
        (
            "0048",
            Reading(
                name: "KuCoin Mining Tram", description: "Without it, you cannot even find the door",
                image: "https://dego.finance/upload/big/kucoin_1.png",
                link: "https://api.dego.finance/gego-token-v2/80071", attributes: 13)
        ),
        ("0183", Reading()), ("0372", Reading()),
        ("0342", Reading(name: "Sérgio Mendonça")),
        (
            "0358",
            Reading(
                name: "Inner Circle", image: "https://sf-stage-s3.s3.us-west-1.amazonaws.com/riyasen_suit.png")
        ),
        (
            "0392",
            Reading(
                name: "Genesis", description: "Greetings, human. I am Genesis...",
                image: "https://img.cryptokitties.co/0x06012c8cf97bead5deae237070f9587f8e7a266d/1.png")
        ),
        (
            "0396",
            Reading(
                name: "ManReclaimed at MetaZoo International", description: "You experienced ManReclaimed",
                image: "https://storage.googleapis.com/poapmedia/"
                    + "manreclaimed-at-metazoo-international-2021-logo-1615826139072.png",
                link: "https://api.poap.xyz/metadata/1242/98554", attributes: 6)
        ),
    ]

    /// Whose media are on IPFS, also behind a gateway's URL.
    private static let content: [(String, Reading)] = [
        ("0015", Reading(image: "\(ipfs)QmPbxeGcXhYQQNgsC6a36dDyYUcHgMLnGKnF8pVFmGsvqi", attributes: 5)),
        (
            "0016",
            Reading(
                name: "The Cheering Minty Green Man #1", description: "A ghost is seen roaming around the temple.",
                image: "\(ipfs)Qmda92saoBewnX35Nh78nfjymE5Ggg85P2Q3htZ2VUjrxJ",
                animation: "https://api.heaven.computer/ghost/1", link: "https://ghost.software/token/1", attributes: 11
            )
        ),
        (
            "0019",
            Reading(
                name: "Genesis - Holly+ Speaking Model I",
                description: "ヾ(´〇｀)ﾉ This is the first Holly+ speech model!",
                image: "\(ipfs)bafybeicfql3wz5ulh4de6spanczunyolqa5uhahqqzdrd6vcnu5tqxnhly",
                animation: "\(ipfs)bafybeihjm3f4bqyn5j4gsyhsp62lomuerjcyu4uah6oc2ha4pkki4c226u",
                link: "https://auction.holly.plus/token/1")
        ),
        (
            "0030",
            Reading(
                name: "Core Surge", description: "\"Core Surge\"  is a digital sculpture",
                image:
                    "https://d1hiserqh6k9o1.cloudfront.net/76/TF/QmQULkQrpsZvoN6FixBc1nQmPXpEaW6SrSfmjDvnV976TF/nft.png",
                animation: "\(ipfs)QmQULkQrpsZvoN6FixBc1nQmPXpEaW6SrSfmjDvnV976TF/nft.glb",
                link: "https://foundation.app/@Cryote/foundation/107855")
        ),
        (
            "0033",
            Reading(
                name: "Requiem of the Gatekeeper", description: "The gatekeeper represents both Guardian and Gate.",
                image: "\(ipfs)QmUrFzAXbJBvqdmQ9hqN7SMPuqWfW7qefithk4weTdzrT6/ACS_shaman.png")
        ),
        (
            "0034",
            Reading(
                name: "FNTN // 59", image: "\(ipfs)QmP3HjvRhwLhrcUSedcSLiiu6f23zbQSTTiYFxRMbBBRcc",
                animation: "\(ipfs)QmWdFtZyrSKxGMeMuhWyi5bCUoNR8hgpWwoVKdJQsftipQ?0059_final_edit.mp4",
                link: "https://blockparty.co", attributes: 1)
        ),
        // An image that no image element shows.
        (
            "0050",
            Reading(
                name: "Experiment #0004", description: "They rise again!",
                animation: "\(ipfs)QmWwB2LXk7VKu5KtDrtUYdwpHK1NvJ49XrQvFRJxqiAxkk/nft.glb")
        ),
        (
            "0322",
            Reading(
                name: "MIP Body Golden Ticket", description: "Mech Identity Protocol Body Phase Golden Ticket",
                animation: "\(ipfs)QmUxNFCHDoJEEM8drXut4hPmVLarzJRPKdifCgdBJ9nW8Z/golden_mip_body_ticket.mp4",
                link: "https://mipnetwork.com/", attributes: 2)
        ),
        (
            "0369",
            Reading(
                name: "A Russian Mountain", description: "HD version. An abandoned roller coaster",
                animation: "\(ipfs)QmY5c8rW2W4M8qUCiG4RSymprHvMPxhDfhRLUc2u5YMDJN/asset.mp4",
                link: "https://knownorigin.io/artists/0x8ea2e589d1c37c850912d9e36ae103206d440427", attributes: 5)
        ),
        // A link without its scheme.
        (
            "0144",
            Reading(
                name: "Unemployable #1", description: "Unemployables is a collection",
                image: "\(ipfs)QmSx5uF9aSGF52cGVddoQsYyXDMoe9bRCnB8JsvsZmGKNt",
                link: "https://able.com/unemployables/token/1", attributes: 7)
        ),
    ]

    /// Of schemas other than OpenSea's.
    private static let schemas: [(String, Reading)] = [
        (
            "0012",
            Reading(
                name: "Curry Street", description: "Acrylic on canvas, 90x90 cm.",
                image: "\(ipfs)QmZM62hFkFDW255RhbaFs7u1xLiAJ25KFi8rUuaKxgNxbd")
        ),
        (
            "0057",
            Reading(
                name: "Infinite library", description: "using python in cinema 4d",
                image: "\(ipfs)QmRP5shGPgRAuRpfJRi36ABgUd4zABGZ4XmB8s3CedipNK", attributes: 1)
        ),
        (
            "0349",
            Reading(
                name: "Boombox [4th Edition]", description: "The first ever Boombox to exist IRL",
                image: "\(ipfs)bafybeiggfn5e4k3lu23ibs3mgpfonsscr4nadwwkyflqk7xo5kepmfnwhu",
                link: "https://app.sigle.io/boom.id.blockstack/tOja1EkEDtKlR5-CH9ogG", attributes: 2)
        ),
        (
            "0352",
            Reading(
                name: "Mutant Monkeys #27", description: "Mutant Monkeys is a collection of 5,000 NFT’s",
                image: "\(ipfs)QmbNC9qvcYZugaeGeReDhyYiNH7oPzrCX1cZUnQeszFz4P", link: "https://bitcoinmonkeys.io/",
                attributes: 1)
        ),
        (
            "0355",
            Reading(
                name: "Changos Mutantes #1", description: "Changos Mutantes es una colección de 5,000 NFT's",
                attributes: 1)
        ),
        (
            "0389",
            Reading(
                name: "Asset Name", description: "The description of the token or asset",
                link: "https://uritotheprojectwebsite", attributes: 3)
        ),
        (
            "0394",
            Reading(
                description: "Galleon wallet version 1.1.13b release process",
                image: "\(ipfs)QmSpScqHjWaLNpn5g6ygWueMm16vemx574srFBrt4NoWiR")
        ),
        (
            "0395",
            Reading(
                name: "Identifies the asset to which this NFT represents",
                description: "Describes the asset to which this NFT represents",
                image: "https://img.paoditu.com/images/cut_trace_images/6b/5f/5b754f6b5f3b5_500_500.jpg")
        ),
    ]
}
