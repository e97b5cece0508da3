using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using KernelSockets.FaultyWire;

Argument<string> bridge = new("bridge") { Description = "The bridge on the host's side." };
Argument<string> port = new("port") { Description = "Its port, the guest's TAP device." };
Option<int> seed = new("--seed", "-s") { Description = "Where the generator starts; chosen and printed when missing.", DefaultValueFactory = _ => Random.Shared.Next() };
Option<double> loss = Percentage("--loss", "-l", "Frames that vanish, in percent.");
Option<double> duplication = Percentage("--duplicate", "-d", "Frames that arrive twice, in percent.");
Option<double> reordering = Percentage("--reorder", "-r", "Frames that later ones overtake, in percent.");
Option<double> corruption = Percentage("--corrupt", "-c", "Frames with one bit flipped, in percent.");
Option<double> delay = new("--delay") { Description = "How long a frame is under way, in milliseconds." };
delay.Validators.Add(result => CheckRange(result, 10_000));
RootCommand root = new(
    "Puts a wire with faults between a bridge and one of its ports, in both directions, until SIGINT or SIGTERM. Root only. Prints 'ready' and the seed, "
    + "and at the end what each direction has met.")
{
    bridge, port, seed, loss, duplication, reordering, corruption, delay,
};
root.SetAction(result =>
{
    Faults faults = new(
        result.GetValue(loss) / 100, result.GetValue(duplication) / 100, result.GetValue(reordering) / 100, result.GetValue(corruption) / 100,
        TimeSpan.FromMilliseconds(result.GetValue(delay)));
    try
    {
        return Run(result.GetValue(bridge)!, result.GetValue(port)!, result.GetValue(seed), faults);
    }
    catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
    {
        Console.Error.WriteLine("faultywire: " + failure.Message);
        return 1;
    }
});
return root.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });

static int Run(string bridge, string port, int seed, Faults faults)
{
    using WirePlace place = new(bridge, port);
    using AnonymousPipeServerStream end = new(PipeDirection.Out);
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    Relay relay = new(place.GuestEnd, place.HostEnd, seed, faults);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready, seed {seed}"));
    relay.Run((int)end.ClientSafePipeHandle.DangerousGetHandle());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}; {relay.Summary}"));
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        end.WriteByte(0);
    }
}

static Option<double> Percentage(string name, string letter, string description)
{
    Option<double> option = new(name, letter) { Description = description };
    option.Validators.Add(result => CheckRange(result, 100));
    return option;
}

static void CheckRange(OptionResult result, double most)
{
    double value = result.GetValueOrDefault<double>();
    if (!(value >= 0 && value <= most))
    {
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.IdentifierToken?.Value} takes a number from 0 to {most}."));
    }
}
