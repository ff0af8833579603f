// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, apart from the product so that its build stays free of sanitizers. They compile the product's sources
// anew (by the link Product), because libFuzzer needs its instrumentation in the code that it explores.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
]

func fuzzer(_ name: String, of dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies + ["CDriver"],
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]
    )
}

let package = Package(
    name: "fuzz",
    targets: [
        .target(name: "CDriver"),
        .target(name: "CLinux", path: "Product/CLinux"),
        .systemLibrary(name: "COpenSSL", path: "Product/COpenSSL", pkgConfig: "openssl"),
        .target(
            name: "EventLoops", dependencies: ["CLinux", "COpenSSL"], path: "Product/EventLoops",
            swiftSettings: settings),
        .target(
            name: "HTTPServing", dependencies: ["EventLoops", "CLinux"], path: "Product/HTTPServing",
            swiftSettings: settings),
        .target(name: "Tokens", path: "Product/Tokens", swiftSettings: settings),
        fuzzer("RequestParserFuzz", of: ["HTTPServing", "EventLoops"]),
        fuzzer("ChunkedDecoderFuzz", of: ["HTTPServing", "EventLoops"]),
        fuzzer("ABIDecoderFuzz", of: ["Tokens"]),
        fuzzer("TokenURIFuzz", of: ["Tokens"]),
        fuzzer("IdentifierFuzz", of: ["Tokens"]),
        fuzzer("DataURIFuzz", of: ["Tokens"]),
        fuzzer("DocumentFuzz", of: ["Tokens"]),
    ],
    swiftLanguageModes: [.v6]
)
