import Testing

@testable import Mintcache

@Suite("Routes: ranges", .timeLimit(.minutes(1))) struct RangeScenarios {
    private let whole = "0123456789"

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §14.1.2: each form of a range is answered from the stored whole`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"a\"", "X-Field: f"], whole)
            try await scene.get("/x")
            let ranges = [
                ("0-3", "0123", "0-3"), ("7-", "789", "7-9"), ("-2", "89", "8-9"), ("5-5", "5", "5-5"),
                ("8-100", "89", "8-9"), ("-100", whole, "0-9"), ("0-", whole, "0-9"),
            ]
            for (range, body, place) in ranges {
                let answer = try await scene.get("/x", "Range: bytes=\(range)")
                answer.expect(206, body, .hit, "\(range)")
                #expect(answer["Content-Range"] == "bytes \(place)/10")
                #expect(answer["Content-Length"] == "\(body.utf8.count)")
                #expect(answer["ETag"] == "\"a\"")
                #expect(answer["X-Field"] == "f")
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §15.5.17: a range beyond the end is a 416, one that cannot be read is ignored`(
        tier: Tier
    ) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], whole)
            try await scene.get("/x")
            for range in ["10-", "100-200", "-0"] {
                let answer = try await scene.get("/x", "Range: bytes=\(range)")
                #expect(answer.status == 416, "\(range)")
                #expect(answer["Content-Range"] == "bytes */10")
            }
            for range in ["bytes=3-1", "bytes=a-b", "bytes", "lines=0-1", "bytes=-", "bytes=0-1;2"] {
                try await scene.get("/x", "Range: \(range)").expect(200, whole, .hit, "\(range)")
            }
            #expect(scene.origin.requestCount == 1)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §14.2: several ranges come as a multipart answer, or as the whole`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Content-Type: text/plain"], whole)
            try await scene.get("/x")
            let answer = try await scene.get("/x", "Range: bytes=0-1,8-9")
            #expect(answer.isHit)
            if answer.status == 206 {
                #expect(answer["Content-Type"]?.hasPrefix("multipart/byteranges; boundary=") == true)
                #expect(answer.text.contains("bytes 0-1/10"))
                #expect(answer.text.contains("bytes 8-9/10"))
            } else {
                answer.expect(200, whole)
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.1.5: If-Range must match strongly, else the whole is sent`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let modified = scene.date(-1000)
            scene.origin.answers(
                200, ["Cache-Control: max-age=100", "ETag: \"a\"", "Last-Modified: \(modified)"], whole)
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: W/\"a\""], whole)
            try await scene.get("/x")
            try await scene.get("/weak")
            for (condition, status) in [
                ("\"a\"", 206), ("\"b\"", 200), ("W/\"a\"", 200), (modified, 206), (scene.date(-999), 200),
                (scene.date(-1001), 200), ("nonsense", 200),
            ] {
                try await scene.get("/x", "Range: bytes=0-3", "If-Range: \(condition)")
                    .expect(status, status == 206 ? "0123" : whole, .hit, "\(condition)")
            }
            try await scene.get("/weak", "Range: bytes=0-3", "If-Range: W/\"a\"").expect(200, whole, .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §13.2.2: conditions come before the range`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100", "ETag: \"a\""], whole)
            try await scene.get("/x")
            try await scene.get("/x", "Range: bytes=0-3", "If-None-Match: \"a\"").expect(304, "", .hit)
            try await scene.get("/x", "Range: bytes=0-3", "If-None-Match: \"b\"").expect(206, "0123", .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §14.2: only GET has ranges, and only a 200 is cut`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], whole)
            scene.origin.answers(404, ["Cache-Control: max-age=100"], whole)
            try await scene.get("/x")
            try await scene.get("/gone")
            let head = try await scene.ask("HEAD", "/x", ["Range: bytes=0-3"])
            head.expect(200, "", .hit)
            #expect(head["Content-Length"] == "10")
            try await scene.get("/gone", "Range: bytes=0-3").expect(404, whole, .hit)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §3.3: a stored part answers for itself and never for the whole`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(part(0, 3, "0123"))
            try await scene.get("/x", "Range: bytes=0-3").expect(206, "0123", .forwarded)
            #expect(scene.origin.lastRequest?["Range"] == "bytes=0-3")
            scene.origin.always(200, ["Cache-Control: max-age=100", "ETag: \"a\""], whole)
            let again = try await scene.get("/x", "Range: bytes=1-2")
            #expect((again.status, again.text) == (206, "12") || (again.status, again.text) == (200, whole))
            try await scene.get("/x").expect(200, whole)
            let count = scene.origin.requestCount
            try await scene.get("/x").expect(200, whole, .hit)
            try await scene.get("/x", "Range: bytes=7-").expect(206, "789", .hit)
            #expect(scene.origin.requestCount == count)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §3.4: parts with one strong validator make a whole, others do not`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            for (path, first, second, mayCombine) in [
                ("/same", "\"a\"", "\"a\"", true), ("/other", "\"a\"", "\"b\"", false),
                ("/weak", "W/\"a\"", "W/\"a\"", false),
            ] {
                scene.origin.answers(part(0, 4, "01234", tag: first))
                try await scene.get(path, "Range: bytes=0-4").expect(206, "01234")
                scene.origin.answers(part(5, 9, "56789", tag: second))
                try await scene.get(path, "Range: bytes=5-9").expect(206, "56789")
                scene.origin.always(200, ["Cache-Control: no-store"], "anew")
                let answer = try await scene.get(path)
                #expect(answer.status == 200)
                #expect(answer.text == "anew" || mayCombine && answer.text == whole, "\(path)")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §15.3.7: a 206 that contradicts itself is never stored`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let ranges = [
                "bytes 0-3/4, bytes 5-6/9", "bytes 0-9/10", "bytes 3-0/10", "bytes 0-3/2", "bytes 0-3", "bytes */10",
                "lines 0-3/10", "nonsense", "bytes 5-8/10",
            ]
            let fields = ["Cache-Control: max-age=100", "ETag: \"a\""]
            for range in ranges.map({ ["Content-Range: \($0)"] }) + [[]] {
                scene.origin.answers(206, fields + range, "0123")
                _ = try await scene.get("/x", "Range: bytes=0-3")
                scene.origin.answers(part(0, 3, "good"))
                try await scene.get("/x", "Range: bytes=0-3").expect(206, "good", .forwarded, "\(range)")
                scene.origin.answers(204)
                try await scene.ask("DELETE", "/x")
            }
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §14.2: a range of what is not stored is answered as the origin has it`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: max-age=100"], whole)
            let first = try await scene.get("/x", "Range: bytes=0-3")
            #expect((first.status, first.text) == (206, "0123") || (first.status, first.text) == (200, whole))
            try await scene.get("/x").expect(200, whole, .hit)
            scene.origin.answers(416, ["Content-Range: bytes */10"])
            let beyond = try await scene.get("/y", "Range: bytes=20-")
            beyond.expect(416)
            #expect(beyond["Content-Range"] == "bytes */10")
        }
    }

    private func part(_ first: Int, _ last: Int, _ body: String, tag: String = "\"a\"") -> Reply {
        Reply(206, ["Cache-Control: max-age=100", "ETag: \(tag)", "Content-Range: bytes \(first)-\(last)/10"], body)
    }
}
