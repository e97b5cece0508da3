using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Turns a tree of tests into a classic BPF program.</summary>
/// <remarks>
/// The program is made from its end, so that every jump knows how far its target is: the instruction at place n from the end runs before
/// the one at n - 1. Jumps of more than 255 instructions, which the format of conditional jumps cannot express, go by way of a plain one.
/// </remarks>
internal sealed class FilterCompiler
{
    private const uint IpHeader = 14;

    private readonly List<BpfInstruction> _backwards = [];

    private FilterCompiler()
    {
    }

    /// <summary>Compiles.</summary>
    /// <param name="node">The tree; null for a filter that takes everything.</param>
    /// <param name="length">Bytes of each accepted frame to keep.</param>
    public static BpfInstruction[] Compile(FilterNode? node, uint length)
    {
        FilterCompiler compiler = new();
        if (node is null)
        {
            compiler.Emit(BpfOpcode.ReturnConstant, length);
        }
        else
        {
            int reject = compiler.Emit(BpfOpcode.ReturnConstant, 0);
            int accept = compiler.Emit(BpfOpcode.ReturnConstant, length);
            compiler.Emit(node, accept, reject);
        }

        compiler._backwards.Reverse();
        return [.. compiler._backwards];
    }

    /// <summary>Emits a tree.</summary>
    /// <returns>The place of its first instruction.</returns>
    private int Emit(FilterNode node, int whenTrue, int whenFalse) => node switch
    {
        FilterAnd and => Emit(and.Left, Emit(and.Right, whenTrue, whenFalse), whenFalse),
        FilterOr or => Emit(or.Left, whenTrue, Emit(or.Right, whenTrue, whenFalse)),
        FilterNot not => Emit(not.Node, whenFalse, whenTrue),
        FilterTest test => Emit(test, whenTrue, whenFalse),
        _ => throw new InvalidOperationException($"no such node: {node}"),
    };

    private int Emit(FilterTest test, int whenTrue, int whenFalse)
    {
        // Both jumps may need a step between, and the second one makes the first longer.
        whenTrue = Reach(whenTrue, room: 2);
        whenFalse = Reach(whenFalse, room: 1);
        int place = _backwards.Count;
        _backwards.Add(new BpfInstruction(test.Jump, (byte)(place - 1 - whenTrue), (byte)(place - 1 - whenFalse), test.Value));
        if (test.Mask != uint.MaxValue)
        {
            Emit(BpfOpcode.And, test.Mask);
        }

        int load = Emit(test.Load, test.Offset);
        return test.IsIndexed ? Emit(BpfOpcode.LoadIndexHeaderLength, IpHeader) : load;
    }

    /// <summary>A place with the same meaning that a conditional jump can reach although up to <paramref name="room"/> instructions may follow.</summary>
    private int Reach(int target, int room)
    {
        int distance = _backwards.Count + room - 1 - target;
        return distance <= byte.MaxValue ? target : Emit(BpfOpcode.Jump, (uint)(_backwards.Count - 1 - target));
    }

    private int Emit(ushort code, uint k)
    {
        _backwards.Add(new BpfInstruction(code, 0, 0, k));
        return _backwards.Count - 1;
    }
}
