using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>Asks a name server by UDP (RFC 1035 §4.2.1), again when no answer comes in time.</summary>
/// <remarks>
/// An answer counts when it comes from the server asked (the socket is connected), to the port asked from, with the identification and
/// the question asked (RFC 5452 §9.1); anything else is passed over.
/// </remarks>
/// <param name="server">Whom to ask.</param>
internal sealed class DnsClient(IPEndPoint server)
{
    private const int MaximumDatagram = 65_535;

    /// <summary>How often to ask.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>How long to wait for each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the server is to ask others.</summary>
    public bool WantsRecursion { get; init; } = true;

    /// <summary>Told of each try that got no answer, with the reason.</summary>
    public Action<string>? Failed { get; init; }

    /// <summary>Time from the question that was answered to its answer.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Asks one question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer, be it that there is none; null when nothing came.</param>
    /// <returns>False when nothing came.</returns>
    /// <exception cref="SocketException">The wait was ended, or there are no sockets.</exception>
    public bool TryAsk(in DnsQuestion question, [NotNullWhen(true)] out DnsMessage? answer)
    {
        answer = null;
        Span<byte> query = stackalloc byte[DnsMessage.MaximumOverUdp];
        for (int i = 0; i < Tries && answer is null; i++)
        {
            ushort identification = Libc.RandomNumber();
            if (!DnsMessage.TryWriteQuery(identification, question, WantsRecursion, query, out int size))
            {
                return false;
            }

            try
            {
                answer = Exchange(query[..size], identification, question);
            }
            catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
            {
                Failed?.Invoke(exception.SocketErrorCode switch
                {
                    SocketError.TimedOut => "timed out",
                    SocketError.ConnectionRefused => "connection refused",
                    _ => exception.Message,
                });
            }
        }

        return answer is not null;
    }

    private DnsMessage Exchange(ReadOnlySpan<byte> query, ushort identification, in DnsQuestion question)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); // one for each try: another random port
        socket.Connect(server);
        long start = Stopwatch.GetTimestamp();
        socket.Send(query);
        byte[] buffer = new byte[MaximumDatagram];
        while (true)
        {
            TimeSpan left = Timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            socket.ReceiveTimeout = Math.Max(1, (int)left.TotalMilliseconds);
            int length = socket.Receive(buffer);
            if (DnsMessage.TryParse(buffer.AsSpan(0, length), out DnsMessage? message) && Answers(message, identification, question))
            {
                RoundTrip = Stopwatch.GetElapsedTime(start);
                return message;
            }
        }
    }

    private static bool Answers(DnsMessage message, ushort identification, in DnsQuestion question)
    {
        // A server that did not understand the question need not repeat it.
        bool isSame = message.Questions is [] || (message.Questions is [var repeated]
            && repeated.Type == question.Type && repeated.Class == question.Class
            && string.Equals(repeated.Name.TrimEnd('.'), question.Name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase));
        return message.IsResponse && message.Identification == identification && isSame;
    }
}
