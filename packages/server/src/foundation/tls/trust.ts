/** How clients are told to trust the local authority. */

/** For the banner: the two ways that change nothing on the machine. */
export function trustLine(caFile: string): string {
  return `NODE_EXTRA_CA_CERTS="${caFile}"   curl --cacert "${caFile}"   all others: --tls-help`;
}

/** The whole list, for `--tls-help`. */
export function trustHelp(caFile: string): string {
  return `Kontor serves https with a certificate for localhost, 127.0.0.1 and ::1. It is signed by an
authority that was made for this data folder and can vouch for no other names. Its certificate:

  ${caFile}

Trust it for one program:

  Node         NODE_EXTRA_CA_CERTS="${caFile}" node app.js
  curl         curl --cacert "${caFile}" https://localhost:7300/healthz
  Python       REQUESTS_CA_BUNDLE="${caFile}" python app.py
  Java         keytool -importcert -noprompt -alias kontor -file "${caFile}" \\
                 -keystore kontor.p12 -storetype PKCS12 -storepass changeit
               java -Djavax.net.ssl.trustStore=kontor.p12 \\
                 -Djavax.net.ssl.trustStorePassword=changeit -jar app.jar
               (that store alone is then trusted: import into a copy of cacerts for both)
  .NET, Linux  SSL_CERT_FILE="${caFile}" dotnet run

Trust it for the whole machine or user:

  Debian, Ubuntu   sudo cp "${caFile}" /usr/local/share/ca-certificates/kontor.crt
                   sudo update-ca-certificates
  Fedora, RHEL     sudo cp "${caFile}" /etc/pki/ca-trust/source/anchors/kontor.pem
                   sudo update-ca-trust
  Windows          certutil -user -addstore Root "${caFile}"
  macOS            security add-trusted-cert -r trustRoot -p ssl \\
                     -k ~/Library/Keychains/login.keychain-db "${caFile}"

A certificate of your own in its place: KONTOR_TLS_CERT_FILE and KONTOR_TLS_KEY_FILE.
`;
}
