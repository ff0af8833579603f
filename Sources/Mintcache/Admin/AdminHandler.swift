import EventLoops
import HTTPServing

/// Answers the admin listener: everything behind the bearer token, nothing on the public side.
final class AdminHandler: RequestHandler {
    private let loop: EventLoop
    private let routes: AdminRoutes

    init(loop: EventLoop, routes: AdminRoutes) {
        self.loop = loop
        self.routes = routes
    }

    func handle(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) -> Handling {
        .deferred { [loop, routes] exchange in
            Task(executorPreference: loop) {
                guard let response = await routes.response(to: exchange) else { return }
                loop.execute { exchange.respond(response) }
            }
        }
    }
}
