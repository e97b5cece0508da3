using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>A network interface in the words of net-tools' ifconfig.</summary>
internal static class InterfaceReport
{
    // Linux, include/uapi/linux/if.h.
    private const int FlagUp = 0x1;
    private const int FlagBroadcast = 0x2;
    private const int FlagLoopback = 0x8;
    private const int FlagRunning = 0x40;
    private const int FlagMulticast = 0x1000;

    /// <summary>Some lines, the last of them blank once it is printed with a newline.</summary>
    public static string Format(InterfaceInformation information)
    {
        var text = new StringBuilder();
        int flags = FlagsOf(information);
        text.Append($"{information.Name}: flags={flags}<{NamesOf(flags)}>  mtu {information.Mtu}\n");
        AppendAddress(text, information);
        string link = information.IsLoopback ? "loop  (Local Loopback)" : $"ether {information.HardwareAddress}  (Ethernet)";
        text.Append($"        {link}\n");
        AppendCounters(text, information.Statistics);
        return text.ToString();
    }

    private static int FlagsOf(InterfaceInformation information) =>
        (information.IsUp ? FlagUp : 0)
        | (information.IsUp && information.IsLinkUp ? FlagRunning : 0)
        | (information.IsLoopback ? FlagLoopback : FlagBroadcast | FlagMulticast);

    private static string NamesOf(int flags)
    {
        ReadOnlySpan<(int Flag, string Name)> names =
        [
            (FlagUp, "UP"), (FlagBroadcast, "BROADCAST"), (FlagLoopback, "LOOPBACK"), (FlagRunning, "RUNNING"),
            (FlagMulticast, "MULTICAST"),
        ];
        var set = new List<string>();
        foreach ((int flag, string name) in names)
        {
            if ((flags & flag) != 0)
            {
                set.Add(name);
            }
        }

        return string.Join(',', set);
    }

    private static void AppendAddress(StringBuilder text, InterfaceInformation information)
    {
        if (information.Address.IsAny)
        {
            return;
        }

        Ipv4Address mask = Ipv4Address.Mask(information.PrefixLength);
        text.Append($"        inet {information.Address}  netmask {mask}");
        if (!information.IsLoopback)
        {
            text.Append($"  broadcast {new Ipv4Address(information.Address.Value | ~mask.Value)}");
        }

        text.Append('\n');
    }

    /// <summary>Collisions and transmit overruns are left out: full duplex has none of the first, and the queue reports the second as
    /// drops.</summary>
    private static void AppendCounters(StringBuilder text, NetworkDeviceStatistics counters)
    {
        text.Append($"        RX packets {counters.ReceivedPackets}  {Bytes(counters.ReceivedBytes)}\n");
        text.Append($"        RX errors {counters.ReceiveErrors}  dropped {counters.ReceiveDropped}  ");
        text.Append($"overruns {counters.ReceiveMissed}  frame {counters.ReceiveLengthErrors}\n");
        text.Append($"        TX packets {counters.TransmittedPackets}  {Bytes(counters.TransmittedBytes)}\n");
        text.Append($"        TX errors {counters.TransmitErrors}  dropped {counters.TransmitDropped}  ");
        text.Append($"carrier {counters.TransmitCarrierErrors}\n");
    }

    private static string Bytes(long count) => $"bytes {count} ({ByteSize.Long(count)})";
}
