import Caching
import Glibc
import Testing
import Tokens

@Suite struct FootprintTests {
    /// In a process of its own, because tests that run beside this one take and give back memory too.
    @Test(.enabled(if: !hasSanitizer, "a sanitizer keeps memory of its own beside every allocation"))
    func `the bytes counted are the bytes that become resident`() async {
        await #expect(processExitsWith: .success) {
            let budget = 48 << 20
            // All are held until the end, so that none is built in memory that another one gave back.
            var caches: [MemoryCache] = []
            for size in [400, 2_000, 16_000] {
                let before = try residentBytes()
                let cache = try filledCache(documents: size, budget: budget)
                let ratio = Double(try residentBytes() - before) / Double(cache.bytes)
                #expect((0.88...1.12).contains(ratio), "documents of \(size) bytes")
                #expect(cache.statistics.evictions == 0)
                caches.append(cache)
            }
            let before = try residentBytes()
            let compressed = compressedCache(budget: budget)
            let ratio = Double(try residentBytes() - before) / Double(compressed.bytes)
            #expect((0.88...1.12).contains(ratio), "compressed answers: \(ratio)")
            for size in [100, 2_000] {
                let before = try residentBytes()
                let cache = filledCache(bodies: size, budget: budget)
                let ratio = Double(try residentBytes() - before) / Double(cache.bytes)
                #expect((0.88...1.12).contains(ratio), "responses of \(size) bytes: \(ratio)")
                caches.append(cache)
            }
        }
    }
}

/// Whether this process was built with the thread or address sanitizer, whose entry points are then among its symbols.
private var hasSanitizer: Bool {
    let program = dlopen(nil, RTLD_NOW)
    return dlsym(program, "__tsan_init") != nil || dlsym(program, "__asan_init") != nil
}

/// A cache filled to three quarters of its budget with documents of one size, each entry with its record.
private func filledCache(documents size: Int, budget: Int) throws -> MemoryCache {
    let cache = MemoryCache(MemoryCache.Limits(bytes: budget, entryBytes: 1 << 20, shards: 4))
    var number: UInt64 = 0
    while cache.bytes < budget * 3 / 4, number < 100_000 {
        let document = [UInt8](repeating: 0x62, count: size)
        cache.insert(entry(key(Int(number)), size: size, record: try record(token: number, document: document)))
        number += 1
    }
    return cache
}

/// A cache filled to three quarters of its budget with answers that were asked for in all codings.
private func compressedCache(budget: Int) -> MemoryCache {
    let cache = MemoryCache(MemoryCache.Limits(bytes: budget, entryBytes: 1 << 20, shards: 4))
    let body = digits(2_000)
    var number = 0
    while cache.bytes < budget * 3 / 4, number < 100_000 {
        let stored = compressible(key(number), body)
        cache.insert(stored)
        for field in ["gzip", "br"] { _ = cache.representation(of: stored, for: accepting(field)) }
        number += 1
    }
    return cache
}

/// A cache filled to three quarters of its budget with responses of one size, two variants to each URL.
private func filledCache(bodies size: Int, budget: Int) -> MemoryCache {
    let cache = MemoryCache(MemoryCache.Limits(bytes: budget, entryBytes: 1 << 20, shards: 4))
    var number = 0
    while cache.bytes < budget * 3 / 4, number < 100_000 {
        let variants = ["de", "en"].map { tag in
            // Every response has strings of its own, as when it came from a connection.
            let fields = (0..<12).map { ("X-Response-Field-\($0)", "a value of the usual length, more or less") }
            return CachedResponse(head: head(fields: fields, variant: language(tag)), body: body(size))
        }
        cache.insert(ResponseEntry(key: key(number), variants: variants, times: times()))
        number += 1
    }
    return cache
}

/// The second number of `/proc/self/statm` in bytes.
private func residentBytes() throws -> Int {
    let file = try #require(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 128)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: " ")
    return try #require(Int(fields[1])) * Int(getpagesize())
}
