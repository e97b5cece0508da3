using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>tcpdump: shows the frames of an interface or a file, or writes them to a file.</summary>
internal static class Tcpdump
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: tcpdump [-ADdeLlnpStUvxX] [-c COUNT] [-F FILE] [-i INTERFACE] [-r FILE] [-s BYTES] [-w FILE] [EXPRESSION]
        Prints the frames that pass the filter EXPRESSION, as tcpdump -n does on Linux, until Ctrl-C.
          -c COUNT      stop after that many       -D         list the interfaces
          -d -dd -ddd   show the compiled filter   -e         the Ethernet header, too
          -F FILE       read the filter from it    -i NAME    of this interface, or any (eth0)
          -p            not promiscuous            -r FILE    of this capture file
          -S            sequence numbers as sent   -s BYTES   keep so much of a frame
          -t -tt -ttt -tttt  no time, seconds, time since the line before, date and time
          -v -vv        tell more                  -w FILE    write a capture file, which Wireshark opens
          -x -xx -X -XX -A   bytes below each line, with the Ethernet header, and as characters; characters only
          --count       only how many there were
        EXPRESSION, as in pcap-filter(7): [ip|arp|rarp|ether] [src|dst|src or dst|src and dst] host ADDRESS, net A.B.C.D/LENGTH,
        [tcp|udp] port N, portrange N-M, [ip|ether] proto N, ip, ip6, arp, rarp, icmp, igmp, tcp, udp, broadcast, multicast,
        less N, greater N, joined by and, or, not and parentheses. Arithmetic on bytes (tcp[13]) is not known.

        """;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        TcpdumpOptions options = TcpdumpOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            return Fail(error);
        }

        if (options.ListsInterfaces)
        {
            IReadOnlyList<string> names = CaptureSocket.Interfaces();
            for (int i = 0; i < names.Count; i++)
            {
                Console.Out.WriteLine($"{i + 1}.{names[i]}");
            }

            return 0;
        }

        try
        {
            return Run(options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Fail(exception.Message);
        }
    }

    private static int Run(TcpdumpOptions options)
    {
        string expression = options.FilterFile is { } file ? File.ReadAllText(file) : options.Expression;
        string? error = FilterParser.TryParse(expression, Resolve, out FilterNode? filter);
        if (error is not null)
        {
            return Fail($"can't parse filter expression: {error}");
        }

        BpfInstruction[] instructions = FilterCompiler.Compile(filter, (uint)options.SnapLength);
        if (!BpfProgram.TryCreate(instructions, out BpfProgram? program))
        {
            return Fail("can't parse filter expression: too many instructions");
        }

        if (options.ShowsProgram > 0)
        {
            Console.Out.Write(BpfText.Format(instructions, options.ShowsProgram));
            return 0;
        }

        using Stream? output = options.Output is { } path ? path == "-" ? StandardStream.Output : File.Create(path) : null;
        FrameSink sink = new(options, output);
        return options.Input is not null ? ReadFile(options.Input, program, sink) : Capture(options, instructions, sink);
    }

    private static int ReadFile(string path, BpfProgram program, FrameSink sink)
    {
        using PcapReader reader = new(path == "-" ? StandardStream.Input : File.OpenRead(path));
        Console.Error.WriteLine($"reading from file {path}, link-type EN10MB (Ethernet), snapshot length {reader.SnapLength}");
        while (!sink.IsFull && reader.TryRead(out CapturedFrame frame))
        {
            uint kept = program.Run(frame.Bytes, new BpfPacketInformation { WireLength = frame.WireLength });
            if (kept > 0)
            {
                sink.Take(new CapturedFrame(frame.Time, frame.Bytes[..(int)Math.Min(kept, (uint)frame.Bytes.Length)], frame.WireLength));
            }
        }

        sink.Finish();
        return 0;
    }

    private static int Capture(TcpdumpOptions options, BpfInstruction[] program, FrameSink sink)
    {
        string name = options.Interface ?? CaptureSocket.Interfaces().FirstOrDefault(name => name != "lo") ?? "lo";
        string? error = CaptureSocket.TryOpen(name, program, options.IsPromiscuous, out CaptureSocket? socket);
        if (socket is null)
        {
            return Fail(error!);
        }

        using (socket)
        {
            string start = options.Output is not null ? "tcpdump: "
                : options.Print.Verbosity == 0 ? "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n" : "tcpdump: ";
            Console.Error.WriteLine($"{start}listening on {name}, link-type EN10MB (Ethernet), snapshot length {options.SnapLength} bytes");
            while (!sink.IsFull && socket.TryReceive(out CapturedFrame frame))
            {
                sink.Take(frame);
            }

            sink.Finish();
            (uint received, uint dropped) = socket.ReadStatistics();
            Console.Error.WriteLine($"{Count(sink.Taken)} captured\n{Count(received)} received by filter\n{Count(dropped)} dropped by kernel");
        }

        return 0;
    }

    private static string Count(long packets) => packets == 1 ? "1 packet" : $"{packets} packets";

    private static Ipv4Address? Resolve(string name) => HostName.TryResolve(name, out Ipv4Address address) ? address : null;

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"tcpdump: {message}");
        return 1;
    }
}
