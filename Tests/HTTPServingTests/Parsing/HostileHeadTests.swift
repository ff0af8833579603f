import Testing

@testable import HTTPServing

@Suite("A hostile head")
struct HostileHeadTests {
    @Test("is refused with the status of its fault", arguments: HostileHead.all)
    func isRefused(_ head: HostileHead) {
        var bench = ParserBench()
        #expect(bench.parse(head.text) == .failed(head.failure))
        #expect(head.failure.status == head.status)
    }

    @Test("is refused alike wherever it is cut", arguments: HostileHead.all)
    func isRefusedInPieces(_ head: HostileHead) {
        var bench = ParserBench()
        let octets = Array(head.text.utf8)
        for cut in octets.indices {
            #expect(bench.parse(octets, cutAt: cut) == .failed(head.failure), "cut at \(cut)")
        }
        #expect(bench.parseOctetByOctet(octets) == .failed(head.failure))
    }

    @Test("is refused alike when more follows", arguments: HostileHead.all)
    func isRefusedWithMore(_ head: HostileHead) {
        var bench = ParserBench()
        #expect(bench.parse(head.text + "GET /next HTTP/1.1\r\nHost: b\r\n\r\n") == .failed(head.failure))
    }

    @Test("never gets through by any single octet changed in a good one")
    func mutations() {
        var bench = ParserBench()
        let good = Array("POST /a?b HTTP/1.1\r\nHost: a:80\r\nContent-Length: 12\r\nConnection: close\r\n\r\n".utf8)
        var refused = 0
        for position in good.indices {
            for octet in UInt8.min...UInt8.max {
                var octets = good
                octets[position] = octet
                var progress = ParseProgress()
                let whole = bench.parse(octets, resuming: &progress)
                #expect(bench.parse(octets, cutAt: position) == whole)
                if case .failed = whole { refused += 1 }
                guard case .head(let head) = whole else { continue }
                #expect(octet > 0x1F && octet != 0x7F || octet == 9 || octet == good[position])
                #expect(head.length == good.count)
            }
        }
        #expect(refused > 8000)
    }

    @Test("has a stable label and a status for every reason")
    func labels() {
        #expect(Set(ParseFailure.allCases.map(\.rawValue)).count == ParseFailure.allCases.count)
        let covered = Set(HostileHead.all.map(\.failure))
        let bySize: Set<ParseFailure> = [.requestLineTooLong, .fieldsTooLarge, .tooManyFields]
        #expect(covered.union(bySize) == Set(ParseFailure.allCases))
    }
}
