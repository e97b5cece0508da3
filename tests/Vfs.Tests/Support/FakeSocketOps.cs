using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>A socket module for tests: what is sent can be received again, one message at most.</summary>
internal sealed class FakeSocketOps : SocketOps
{
    private readonly PollSource _poll = new();
    private byte[]? _message;

    public FakeSocketOps(SocketType type) => Type = type;

    public override SocketType Type { get; }

    public Errno CreateResult { get; set; }

    public int Open { get; private set; }

    public MessageFlags LastFlags { get; private set; }

    public override Errno Create(Socket socket)
    {
        Open += CreateResult == Errno.Success ? 1 : 0;
        return CreateResult;
    }

    public override void Close(Socket socket) => Open--;

    public override IoResult SendMessage(Socket socket, in SocketMessage message, MessageFlags flags)
    {
        LastFlags = flags;
        _message = new byte[message.Data.Length];
        message.Data.CopyTo(0, _message);
        _poll.Notify(PollEvents.Readable);
        return IoResult.Ok(_message.Length);
    }

    public override IoResult ReceiveMessage(Socket socket, ref SocketMessage message, MessageFlags flags)
    {
        LastFlags = flags;
        if (_message is null)
        {
            return Errno.EAGAIN;
        }

        int count = message.Data.CopyFrom(0, _message);
        _message = null;
        return IoResult.Ok(count);
    }

    public override PollEvents Poll(Socket socket, PollListener? listener)
    {
        _poll.Attach(listener);
        return PollEvents.Writable | (_message is null ? PollEvents.None : PollEvents.Readable);
    }
}
