package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// TLS_CA, TLS_CERT, TLS_KEY and TOKEN_FILE in the environment name files.
func read(variable string) []byte {
	path := os.Getenv(variable)
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func authority() *x509.CertPool {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(read("TLS_CA")) {
		log.Fatal("TLS_CA holds no certificate")
	}
	return pool
}

func identity() []tls.Certificate {
	if os.Getenv("TLS_CERT") == "" {
		return nil
	}
	pair, err := tls.X509KeyPair(read("TLS_CERT"), read("TLS_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	return []tls.Certificate{pair}
}

type bearer string

func (token bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(token)}, nil
}

func (bearer) RequireTransportSecurity() bool { return true }

func dial(address string, options ...grpc.DialOption) *grpc.ClientConn {
	secured := insecure.NewCredentials()
	if os.Getenv("TLS_CA") != "" {
		secured = credentials.NewTLS(&tls.Config{RootCAs: authority(), Certificates: identity()})
	}
	options = append(options, grpc.WithTransportCredentials(secured))
	if token := read("TOKEN_FILE"); token != nil {
		options = append(options, grpc.WithPerRPCCredentials(bearer(strings.TrimSpace(string(token)))))
	}
	connection, err := grpc.NewClient(address, options...)
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

func serverCredentials() credentials.TransportCredentials {
	certificates := identity()
	if certificates == nil {
		return insecure.NewCredentials()
	}
	config := &tls.Config{Certificates: certificates}
	if os.Getenv("TLS_CA") != "" {
		config.ClientCAs, config.ClientAuth = authority(), tls.RequireAndVerifyClientCert
	}
	return credentials.NewTLS(config)
}
