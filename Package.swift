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

        // Pure cores: no I/O, no clock, no queue.
        room("Tokens"),
        room("HTTPCaching"),

        // The ground floor and the cache.
        room("EventLoops", ["CLinux", "COpenSSL"]),
        room("HTTPServing", ["EventLoops", "CLinux"]),
        room("Caching", ["Tokens", "HTTPCaching", "CZlib", "CBrotli"]),

        // Adapters: they know the cores and never each other.
        room("RedisStore", ["EventLoops", "Caching", "HTTPCaching", "Tokens", "CHiredis"]),
        room("PostgresArchive", ["EventLoops", "Caching", "Tokens", "CPostgres"]),
        room("SQLiteArchive", ["Caching", "Tokens", "CSQLite"]),
        room("UpstreamFetching", ["EventLoops", "HTTPCaching", "CCurl"]),

        // Composition, programs, test support.
        room(
            "Mintcache",
            [
                "Tokens", "HTTPCaching", "EventLoops", "HTTPServing", "Caching", "RedisStore", "PostgresArchive",
                "SQLiteArchive", "UpstreamFetching", "CDashboard", yams,
            ]
        ),
        room("SampleUpstream", ["EventLoops", "HTTPServing", "Tokens"]),
        program("mintcache-cli", ["Mintcache", "SampleUpstream", "EventLoops", "Tokens", arguments]),
        program("sample-upstream", ["SampleUpstream", "EventLoops", arguments]),
        room("MintcacheTesting", ["EventLoops", "Caching", "Tokens"]),

        tests("TokensTests", ["Tokens", "EventLoops"]),
        tests("HTTPCachingTests", ["HTTPCaching"]),
        tests("EventLoopsTests", ["EventLoops"]),
        tests("HTTPServingTests", ["HTTPServing", "EventLoops"]),
        tests("CachingTests", ["Caching", "HTTPCaching", "Tokens", "CZlib"]),
        tests("RedisStoreTests", ["RedisStore", "EventLoops", "Caching", "Tokens", "MintcacheTesting"]),
        tests(
            "ArchiveTests", ["PostgresArchive", "SQLiteArchive", "Caching", "Tokens", "EventLoops", "MintcacheTesting"]),
        tests("UpstreamFetchingTests", ["UpstreamFetching", "EventLoops", "HTTPCaching"]),
        tests("SampleUpstreamTests", ["SampleUpstream", "EventLoops", "HTTPServing", "Tokens"]),
        tests(
            "MintcacheTests",
            [
                "Mintcache", "MintcacheTesting", "EventLoops", "HTTPCaching", "HTTPServing", "Caching", "Tokens",
                "UpstreamFetching",
            ]
        ),
        tests(
            "ScenarioTests",
            [
                "Mintcache", "SampleUpstream", "MintcacheTesting", "EventLoops", "HTTPServing", "Caching", "Tokens",
                "UpstreamFetching",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
