"""The channel to a server. TLS_CA, TLS_CERT, TLS_KEY and TOKEN_FILE in the environment name files."""
import os

import grpc


def read(variable):
    path = os.environ.get(variable)
    if not path:
        return None
    with open(path, "rb") as file:
        return file.read()


def open_channel(address, options=()):
    ca, key, cert, token = map(read, ("TLS_CA", "TLS_KEY", "TLS_CERT", "TOKEN_FILE"))
    if ca is None:
        return grpc.insecure_channel(address, options)
    credentials = grpc.ssl_channel_credentials(ca, key, cert)
    if token is not None:
        bearer = grpc.access_token_call_credentials(token.decode().strip())
        credentials = grpc.composite_channel_credentials(credentials, bearer)
    return grpc.secure_channel(address, credentials, options)
