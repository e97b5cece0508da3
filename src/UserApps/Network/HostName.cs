using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network;

/// <summary>Hosts as they are typed, by address or by name, through the system's resolver.</summary>
internal static class HostName
{
    private const int MaximumLength = 255;

    /// <summary>Finds a host's address.</summary>
    /// <returns>False when the text is no address and nobody knows it as a name.</returns>
    /// <exception cref="SocketException">The wait was ended by Ctrl-C (OperationAborted).</exception>
    public static bool TryResolve(string text, out Ipv4Address address)
    {
        address = Ipv4Address.Any;
        if (Ipv4Address.TryParse(text, out address))
        {
            return true;
        }

        if (text.Length is 0 or > MaximumLength)
        {
            return false;
        }

        try
        {
            IPAddress[] found = Dns.GetHostAddresses(text, AddressFamily.InterNetwork);
            address = found.Length > 0 ? Ipv4Address.Read(found[0].GetAddressBytes()) : Ipv4Address.Any;
            return found.Length > 0;
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            return false;
        }
    }

    /// <summary>The same, as the class library's type.</summary>
    public static bool TryResolve(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        bool isFound = TryResolve(text, out Ipv4Address found);
        address = isFound ? AsIPAddress(found) : null;
        return isFound;
    }

    /// <summary>The name of an address; the address itself when it has none.</summary>
    public static string Of(IPAddress address)
    {
        try
        {
            return Dns.GetHostEntry(address).HostName;
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            return address.ToString();
        }
    }

    /// <summary>An address as the class library's type.</summary>
    public static IPAddress AsIPAddress(Ipv4Address address)
    {
        Span<byte> bytes = stackalloc byte[Ipv4Address.Size];
        address.Write(bytes);
        return new IPAddress(bytes);
    }
}
