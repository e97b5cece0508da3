using System.Net.Sockets;

namespace KernelSockets.UserApps.Programs;

/// <summary>How a part of <see cref="NetTour"/> tells what it sees.</summary>
internal sealed class NetTourStop(TextWriter output) : TourStop(output)
{
    /// <summary>Does something that may fail, and prints how: the exception, and what has caused it.</summary>
    public async Task TryAsync(string what, Func<Task> act)
    {
        try
        {
            await act();
            Tell(what, "done");
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            Tell(what, Describe(exception));
        }
    }

    private static string Describe(Exception exception)
    {
        string own = exception switch
        {
            SocketException socket => $"SocketException {socket.SocketErrorCode}",
            OperationCanceledException => nameof(OperationCanceledException), // some calls throw one that is derived from it
            HttpRequestException { StatusCode: { } status } => $"HttpRequestException {status}",
            HttpRequestException http => $"HttpRequestException {http.HttpRequestError}",
            _ => exception.GetType().Name,
        };
        return exception.InnerException is { } inner and (SocketException or TimeoutException) ? $"{own}, {Describe(inner)}" : own;
    }
}
