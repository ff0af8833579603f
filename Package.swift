// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target of ours: language mode 6, upcoming features that keep borders explicit, no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "mintcache",
    products: [
        .executable(name: "mintcache", targets: ["mintcache-cli"]),
        .executable(name: "sample-upstream", targets: ["sample-upstream"]),
    ],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // C libraries, each imported by exactly one Swift target.
        .target(name: "CLinux"),
        .target(name: "CDashboard", exclude: ["page"]),
        system("CHiredis", apt: "libhiredis-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CBrotli", pkgConfig: "libbrotlienc", apt: "libbrotli-dev"),
        system("CSecp256k1", pkgConfig: "libsecp256k1", apt: "libsecp256k1-dev"),

        // Pure cores: no I/O, no clock, no queue.
        room("Tokens"),
        room("HTTPCaching"),

        // The ground floor and the cache.
        room("EventLoops", ["CLinux", "COpenSSL"]),
        room("HTTPServing", ["EventLoops", "CLinux"]),
        room("Caching", ["Tokens", "HTTPCaching", "CZlib", "CBrotli"]),

        // Pure as well: who signs in, and what is kept of it.
        room("Sessions", ["Tokens", "Caching", "CSecp256k1"]),

        // Adapters: they know the cores and never each other.
        room("RedisStore", ["EventLoops", "Caching", "HTTPCaching", "Sessions", "Tokens", "CHiredis"]),
        room("PostgresArchive", ["EventLoops", "Caching", "Sessions", "Tokens", "CPostgres"]),
        room("SQLiteArchive", ["Caching", "Sessions", "Tokens", "CSQLite"]),
        room("UpstreamFetching", ["EventLoops", "HTTPCaching", "CCurl"]),

        // Composition, programs, test support.
        room(
            "Mintcache",
            [
                "Tokens", "HTTPCaching", "EventLoops", "HTTPServing", "Caching", "Sessions", "RedisStore",
                "PostgresArchive", "SQLiteArchive", "UpstreamFetching", "CDashboard", yams,
            ]
        ),
        room("SampleUpstream", ["EventLoops", "HTTPServing", "Tokens"]),
        program("mintcache-cli", ["Mintcache", "SampleUpstream", "EventLoops", "Tokens", arguments]),
        program("sample-upstream", ["SampleUpstream", "EventLoops", arguments]),
        room("MintcacheTesting", ["EventLoops", "Caching", "Tokens", "CSecp256k1"]),

        tests("TokensTests", ["Tokens", "EventLoops"]),
        tests("HTTPCachingTests", ["HTTPCaching"]),
        tests("EventLoopsTests", ["EventLoops"]),
        tests("HTTPServingTests", ["HTTPServing", "EventLoops"]),
        tests("CachingTests", ["Caching", "HTTPCaching", "Tokens", "CZlib"]),
        tests("SessionsTests", ["Sessions", "Tokens", "MintcacheTesting"]),
        tests(
            "RedisStoreTests",
            ["RedisStore", "EventLoops", "Caching", "Sessions", "Tokens", "MintcacheTesting"]
        ),
        tests(
            "ArchiveTests",
            ["PostgresArchive", "SQLiteArchive", "Caching", "Sessions", "Tokens", "EventLoops", "MintcacheTesting"]
        ),
        tests("UpstreamFetchingTests", ["UpstreamFetching", "EventLoops", "HTTPCaching"]),
        tests("SampleUpstreamTests", ["SampleUpstream", "EventLoops", "HTTPServing", "Tokens"]),
        tests(
            "MintcacheTests",
            [
                "Mintcache", "MintcacheTesting", "EventLoops", "HTTPCaching", "HTTPServing", "Caching", "Sessions",
                "Tokens", "UpstreamFetching",
            ]
        ),
        tests(
            "ScenarioTests",
            [
                "Mintcache", "SampleUpstream", "MintcacheTesting", "EventLoops", "HTTPCaching", "HTTPServing",
                "Caching",
                "Sessions", "Tokens", "UpstreamFetching",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
