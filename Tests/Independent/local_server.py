"""An HTTP/1.1 server on 127.0.0.1 that counts its connections, with or without TLS."""

import http.server
import json
import socket
import ssl
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """Reads whole requests, writes whole answers."""

    protocol_version = "HTTP/1.1"
    # As the real endpoint does, an idle connection is dropped after ten seconds.
    timeout = 10

    def log_message(self, *arguments):
        pass

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, value):
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n"
        head += "Content-Type: application/json;charset=utf-8\r\n"
        head += f"Date: {self.date_time_string()}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, handler, certificate=None, key=None):
        super().__init__(("127.0.0.1", 0), handler)
        self.connections = 0
        self.lock = threading.Lock()
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate, key)

    @property
    def port(self):
        return self.server_address[1]

    def finish_request(self, request, client_address):
        with self.lock:
            self.connections += 1
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            # Here, on the connection's own thread, so that a slow handshake keeps nobody else waiting.
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        # A client that goes away is its own affair.
        pass

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
