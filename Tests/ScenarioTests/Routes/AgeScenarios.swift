import Testing

@testable import Mintcache

@Suite("Routes: age", .timeLimit(.minutes(1))) struct AgeScenarios {
    /// What an answer's fields make of its age, so many seconds later.
    struct Case: Sendable {
        var fields: [String]
        var after: Int
        var age: Int
    }

    private func play(_ tier: Tier, _ cases: Case...) async throws {
        try await RouteScene.play(tier) { scene in
            for (number, this) in cases.enumerated() {
                scene.origin.answers(200, ["Cache-Control: max-age=3000000000"] + this.fields, "one")
                try await scene.get("/\(number)").expect(200, "one", .forwarded)
                scene.pass(seconds: this.after)
                try await scene.get("/\(number)").expect(200, "one", .hit, age: this.age, "\(this.fields)")
            }
            #expect(scene.origin.requestCount == cases.count)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.3: the resident time, on top of the greater of Age and the time since Date`(
        tier: Tier
    ) async throws {
        try await play(
            tier, Case(fields: [], after: 0, age: 0), Case(fields: [], after: 30, age: 30),
            Case(fields: ["Age: 20"], after: 30, age: 50), Case(fields: ["Date: {now-40}"], after: 30, age: 70),
            Case(fields: ["Age: 20", "Date: {now-40}"], after: 30, age: 70),
            Case(fields: ["Age: 60", "Date: {now-40}"], after: 30, age: 90))
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.1: the first member of Age counts, and only when it is made of digits`(tier: Tier) async throws {
        try await play(
            tier, Case(fields: ["Age: 20, 99"], after: 5, age: 25), Case(fields: ["Age: 99, 20"], after: 5, age: 104),
            Case(fields: ["Age: 20", "Age: 99"], after: 5, age: 25), Case(fields: ["Age: abc"], after: 5, age: 5),
            Case(fields: ["Age: -20"], after: 5, age: 5), Case(fields: ["Age: 20.5"], after: 5, age: 5),
            Case(fields: ["Age: 20s"], after: 5, age: 5), Case(fields: ["Age: \"20\""], after: 5, age: 5),
            Case(fields: ["Age: "], after: 5, age: 5), Case(fields: ["Age: 007"], after: 5, age: 12))
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §1.2.2: an age beyond 31 bits is clamped there`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .asked("Cache-Control: max-age=100", "Age: 99999999999999999999"),
                .asked("Cache-Control: max-age=2147483648", "Age: 4294967297"),
                .reused("Cache-Control: max-age=99999999999999999999", "Age: 10", after: 1000))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2: age shortens what is left of the lifetime`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", "Age: 80", after: 15),
                .asked("Cache-Control: max-age=100", "Age: 80", after: 25),
                .asked("Cache-Control: max-age=100", "Age: 100", after: 0),
                .reused("Cache-Control: max-age=100", "Date: {now-80}", after: 15),
                .asked("Cache-Control: max-age=100", "Date: {now-80}", after: 25))
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.3: a Date in the future lengthens nothing`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            try await scene.check(
                .reused("Cache-Control: max-age=100", "Date: {now+500}", after: 90),
                .asked("Cache-Control: max-age=100", "Date: {now+500}", after: 110))
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Date: {now+500}"])
            try await scene.get("/x")
            scene.pass(seconds: 30)
            try await scene.get("/x").expect(200, "", .hit, age: 30)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §4.2.3: the response delay counts`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let gate = Gate()
            scene.origin.answers(Reply(200, ["Cache-Control: max-age=100"], "one").after(gate))
            async let first = scene.get("/x")
            try await scene.origin.received(1)
            scene.pass(seconds: 30)
            gate.open()
            try await first.expect(200, "one")
            try await scene.get("/x").expect(200, "one", .hit, age: 30)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9110 §6.6.1: Date is never rewritten, and is added where it is missing`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            let date = scene.date(-20)
            scene.origin.answers(200, ["Cache-Control: max-age=100", "Date: \(date)"])
            #expect(try await scene.get("/x").values("Date") == [date])
            scene.pass(seconds: 50)
            #expect(try await scene.get("/x").values("Date") == [date])
            scene.origin.answers(200, ["Cache-Control: max-age=100", "-Date"])
            let received = scene.date()
            let first = try await scene.get("/y").values("Date")
            #expect(first == [received])
            scene.pass(seconds: 50)
            #expect(try await scene.get("/y").values("Date") == first)
        }
    }

    @Test(arguments: Tier.allCases)
    func `RFC 9111 §5.1: an answer straight from the origin keeps the origin's Age`(tier: Tier) async throws {
        try await RouteScene.play(tier) { scene in
            scene.origin.answers(200, ["Cache-Control: no-store", "Age: 7"])
            let answer = try await scene.get("/x")
            #expect(answer["Age"] == nil || answer.age == 7)
            scene.origin.answers(200, ["Cache-Control: no-store"])
            #expect(try await scene.get("/x")["Age"] == nil)
        }
    }
}
