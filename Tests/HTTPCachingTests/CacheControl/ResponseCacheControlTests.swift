import HTTPCaching
import Testing

@Suite("Cache-Control of responses (RFC 9111, section 5.2.2)")
struct ResponseCacheControlTests {
    private func parse(_ lines: String...) -> ResponseCacheControl {
        ResponseCacheControl(header(lines.map { "Cache-Control: \($0)" }))
    }

    @Test(
        "reads max-age as a token or a quoted string, in any case (5.2.2.1)",
        arguments: [
            ("max-age=5", 5), ("max-age=\"5\"", 5), ("MaX-aGe=5", 5), ("max-age=0", 0), ("max-age=003600", 3_600),
            ("foo, max-age=5", 5), ("foo=bar, max-age=5", 5), ("foo=\"bar, max-age=9\", max-age=5", 5),
            ("max-age=5, extension=\"max-age=3600\"", 5), ("extension=\"max-age=3600\"", nil), (",, max-age=5 ,", 5),
            ("\tmax-age=5\t", 5), ("xmax-age=5", nil), ("max-agex=5", nil), ("s-maxage=5", nil), ("", nil),
            ("max-age=2147483648", 2_147_483_648), ("max-age=2147483649", 2_147_483_648),
            ("max-age=99999999999999999999999999", 2_147_483_648),
        ] as [(String, Int64?)])
    func readsMaxAge(_ field: String, _ seconds: Int64?) {
        #expect(parse(field).maxAge == seconds)
    }

    @Test(
        "takes a lifetime that cannot be read for none: stale (4.2.1)",
        arguments: [
            "'3600'", "-1", "-3600", "abc", "a3600", "3600a", "3600.0", "3600.5", "1e3", "+5", "0x10", "", "\"\"",
            "\" 5\"", "\"-5\"", "\"5", " 3600", "3600 s", "3600;x", "\"5\"6", "5\"6\"", "\u{0665}",
        ])
    func readsUnreadableLifetimesAsZero(_ value: String) {
        for name in ["max-age", "s-maxage"] {
            let directives = parse("\(name)=\(value)")
            #expect((name == "max-age" ? directives.maxAge : directives.sharedMaxAge) == 0)
        }
        #expect(parse("max-age").maxAge == 0)
        #expect(parse("max-age =3600").maxAge == 0)
        #expect(parse("max-age=3600, max-age=\(value)").maxAge == 0)
    }

    @Test("takes the most restrictive of what is repeated, on one line or several (4.2.1)")
    func takesTheMostRestrictive() {
        #expect(parse("max-age=1800, max-age=1").maxAge == 1)
        #expect(parse("max-age=1, max-age=1800").maxAge == 1)
        #expect(parse("max-age=1800", "max-age=1").maxAge == 1)
        #expect(parse("max-age=1", "max-age=1800").maxAge == 1)
        #expect(parse("s-maxage=7", "S-MAXAGE=3").sharedMaxAge == 3)
        #expect(parse("stale-while-revalidate=7, stale-while-revalidate=3").staleWhileRevalidate == 3)
        #expect(parse("stale-if-error=3", "stale-if-error=7").staleIfError == 3)
    }

    private static let flags: [(name: String, isSet: @Sendable (ResponseCacheControl) -> Bool)] = [
        ("no-store", { $0.noStore }), ("private", { $0.isPrivate }), ("no-cache", { $0.noCache }),
        ("must-revalidate", { $0.mustRevalidate }), ("proxy-revalidate", { $0.proxyRevalidate }),
        ("must-understand", { $0.mustUnderstand }), ("public", { $0.isPublic }), ("immutable", { $0.immutable }),
    ]

    @Test("reads flags in any case and no other", arguments: flags.indices)
    func readsFlags(_ index: Int) {
        let (name, isSet) = Self.flags[index]
        for field in [name, name.uppercased(), "foo=\"x\", \(name)", "max-age=1,\(name),", "\(name) , x"] {
            let directives = parse(field)
            #expect(isSet(directives))
            #expect(Self.flags.filter { $0.isSet(directives) }.count == 1)
        }
        for field in ["", "x\(name)", "\(name)x", "foo=\(name)", "foo=\"\(name)\"", "\"\(name)\"", "'\(name)'"] {
            #expect(!isSet(parse(field)))
        }
        #expect(isSet(parse("foo", name)))
    }

    @Test("takes no-cache and private with field names whole (5.2.2.4, 5.2.2.7)")
    func takesFieldNamesWhole() {
        #expect(parse("no-cache=\"set-cookie, x\"").noCache)
        #expect(parse("no-cache=x").noCache)
        #expect(parse("private=\"set-cookie\", max-age=9") == parse("private, max-age=9"))
    }

    @Test("obeys malformed prohibitions and not malformed permissions")
    func readsDamageCautiously() {
        for field in ["no-store=", "no-store x", "no-store=\"a\"b", "no-store;", "foo=\"a, b"] {
            #expect(parse(field).noStore)
        }
        #expect(parse("must-revalidate=1").mustRevalidate)
        #expect(!parse("public=1").isPublic)
        #expect(!parse("public x").isPublic)
        #expect(!parse("immutable=yes").immutable)
        #expect(parse("stale-while-revalidate").staleWhileRevalidate == 0)
        #expect(parse("stale-if-error=x").staleIfError == 0)
    }

    @Test("passes over extensions (5.2.3)")
    func passesOverExtensions() {
        let known = parse("max-age=5")
        for field in ["foo, max-age=5", "max-age=5, foo=\"\\\", no-store\"", "=, max-age=5", "max-age=5, @no-store"] {
            #expect(parse(field) == known)
        }
    }
}
